using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics;

internal sealed class ExportMagic(NeuroSession session, ExportModel? export)
    : Magic("neuro-export", "Writes a model as ONNX, run in OnnxRuntime and compared before it is kept, or its weights as safetensors.")
{
    private readonly Parameter<object?> model = Optional<object>("model", Chosen.ModelHelp);
    private readonly Parameter<string> file = new("out", "The file: .onnx or .safetensors.") { Default = "model.onnx", IsFile = true };

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var write = LocalWork.Needed(export, "Neuro.Learning, which writes models");
        var (from, job) = await Chosen.ModelAndJobAsync(session, given.Get(model), host);
        var receipts = job is { } made ? await (await session.ConnectedAsync(host.Cancellation)).ReceiptsAsync(made, host.Cancellation) : [];
        await write(from, [.. receipts.Select(receipt => receipt.Signature)], given.Get(file), host.Cancellation);
        host.Display($"{given.Get(file)}: {Wording.Size(new FileInfo(given.Get(file)).Length)}");
    }
}
