namespace Neuro.Interactive.Magics;

internal sealed class ModelsMagic(NeuroSession session) : Magic("neuro-models", "Lists your models.")
{
    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        var models = await client.Api.GetModelsAsync(host.Cancellation);
        host.Display(models.Count > 0 ? models : "You have no models yet; #!neuro-train makes one.");
    }
}
