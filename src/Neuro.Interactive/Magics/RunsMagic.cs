using Neuro.Client.Jobs;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics;

internal sealed class RunsMagic(NeuroSession session)
    : Magic("neuro-runs", "Lists your trainings; of one of them, or of a training's folder, shows the curves, and follows it while it goes on.")
{
    private readonly Parameter<object?> run = Optional<object>(
        "run", "@variable, id or title of a training, or the folder of one on this machine; all of them are listed if left out.");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        if (given.Get(run) is string folder && Directory.Exists(folder))
        {
            host.Display(TrainingRunCard.Open(folder));
            return;
        }

        var client = await session.ConnectedAsync(host.Cancellation);
        if (!given.Has(run))
        {
            var trainings = (await client.Api.GetJobsAsync(host.Cancellation)).Where(IsTraining).ToList();
            host.Display(trainings.Count > 0 ? trainings : "You have no trainings yet; #!neuro-train makes one.");
            return;
        }

        var job = await Chosen.JobAsync(client, given.Get(run), host);
        if (!IsTraining(job))
        {
            throw new MagicException("magic.bad_value", $"\"{job.Title}\" is a {job.Kind} job; #!neuro-runs shows trainings.");
        }

        // The platform keeps every point: after a reload the curve is whole again.
        IDisplayHandle? shown = null;
        await foreach (var now in client.FollowAsync(job.Id, host.Cancellation))
        {
            (shown ??= host.Display(now)).Update(now);
            job = now.Job;
        }

        host.Display(job);
    }

    private static bool IsTraining(Job job) => job.Kind is TrainSpec.KindName or DilocoSpec.KindName;
}
