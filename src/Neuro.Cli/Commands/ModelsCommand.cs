using System.CommandLine;
using System.Globalization;
using Neuro.Client.Api;
using Neuro.Learning.Exchange;
using Neuro.Learning.Specs;
using Neuro.Learning.Specs.Drawing;
using Spectre.Console;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro models</c>: shows and compares models, and carries them to and from the formats of others.</summary>
internal static class ModelsCommand
{
    private const string ModelHelp = "A model's folder, the file of a spec, or a model of the zoo by its name.";

    public static Command Create() => new("models", "Models on this machine and in the zoo.") { Show(), Compare(), Import(), Export(), CompressCommand.Create() };

    private static Command Show()
    {
        var model = new Argument<string>("model") { Description = ModelHelp };
        var (classes, size) = (Classes(), Size());
        var svg = new Option<string?>("--svg") { Description = "Where the drawing goes; the model's name and .svg if left out." };
        var command = new Command("show", "Lists a model's layers and draws its graph.") { model, classes, size, svg };
        command.SetAction(parsed =>
        {
            var spec = SavedModel.Open(parsed.GetValue(model)!, parsed.GetValue(classes), parsed.GetValue(size)).Spec;
            AnsiConsole.Write(LayerTable(spec));
            var path = parsed.GetValue(svg) ?? $"{spec.Name}.svg";
            File.WriteAllText(path, GraphDrawing.Svg(spec));
            Console.WriteLine(Line($"{spec.Name}: {spec.Parameters:N0} parameters, {spec.Macs:N0} multiply-accumulates, spec {spec.Hash}; drawn in {path}."));
            return 0;
        });
        return command;
    }

    private static Table LayerTable(ModelSpec spec)
    {
        var outputs = spec.Outputs.ToLookup(output => output.Value, output => output.Key);
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn(new TableColumn("layer").NoWrap());
        table.AddColumns("does", "gives");
        table.AddColumn(new TableColumn("parameters").RightAligned());
        table.AddColumn(new TableColumn("MACs").RightAligned());
        table.AddRow(ModelSpec.InputName, "", spec.ShapeOf(ModelSpec.InputName).ToString().EscapeMarkup());
        foreach (var layer in spec.Layers)
        {
            var (parameters, macs) = spec.CostOf(layer);
            var name = outputs[layer.Name].Any() ? $"{layer.Name} (output {string.Join(", ", outputs[layer.Name])})" : layer.Name;
            table.AddRow(name.EscapeMarkup(), LayerText.Describe(layer).EscapeMarkup(), spec.ShapeOf(layer.Name).ToString().EscapeMarkup(), Line($"{parameters:N0}"), LayerText.Count(macs));
        }

        return table;
    }

    private static Command Compare()
    {
        var models = new Argument<string[]>("models") { Description = "Two or more: folders, files of specs, or names of the zoo.", Arity = new(2, 20) };
        var (classes, size) = (Classes(), Size());
        var threads = new Option<int>("--threads") { Description = "Threads of OnnxRuntime.", DefaultValueFactory = _ => 1 };
        var command = new Command("compare", "Sets models side by side, and measures how long each takes for one sample.") { models, classes, size, threads };
        command.SetAction(parsed =>
        {
            var count = CheckThreads(parsed.GetValue(threads));
            var table = new Table { Border = TableBorder.Rounded };
            table.AddColumn(new TableColumn("model").NoWrap());
            foreach (var column in new[] { "input", "parameters", "MACs", "MB", "ms", "accuracy" })
            {
                table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
            }

            foreach (var name in parsed.GetValue(models)!)
            {
                var model = SavedModel.Open(name, parsed.GetValue(classes), parsed.GetValue(size));
                var measured = model.Measure(count);
                table.AddRow(
                    name.EscapeMarkup(), string.Join('×', model.Spec.Input), Line($"{model.Spec.Parameters:N0}"), LayerText.Count(model.Spec.Macs),
                    measured is { } m ? Line($"{m.Bytes / 1e6:N1}") : "—", measured is { } t ? Line($"{t.Time.TotalMilliseconds:N2}") : "—", model.Card?.Accuracy is { } accuracy ? Line($"{accuracy:P1}") : "—");
            }

            AnsiConsole.Write(table);
            Console.WriteLine(Line($"MB: the ONNX file. ms: the median of one sample in OnnxRuntime on this machine, {count} {(count == 1 ? "thread" : "threads")}."));
            return 0;
        });
        return command;
    }

    private static Command Import()
    {
        var file = new Argument<string>("file") { Description = "An .onnx, .pth, .pt or .safetensors file." };
        var folder = new Option<string>("--out") { Description = "Folder of the model.", Required = true };
        var model = new Option<string?>("--model") { Description = "For weights alone, what they are of: the file of a spec, or a model of the zoo." };
        var (classes, size) = (Classes(), Size());
        var mean = new Option<string?>("--mean") { Description = "What pixels of 0 to 255 were lessened by before they came to this model, a number a channel: 123.675,116.28,103.53." };
        var deviation = new Option<string?>("--deviation") { Description = "What they were divided by thereafter: 58.395,57.12,57.375." };
        var names = new Option<string?>("--names") { Description = "File of the classes' names, one a line." };
        var command = new Command("import", "Reads a model of another program; nothing in it is run, and an ONNX graph is checked against OnnxRuntime.") { file, folder, model, classes, size, mean, deviation, names };
        command.SetAction(parsed =>
        {
            var (imported, notes) = SavedModel.Import(parsed.GetValue(file)!, parsed.GetValue(folder)!, new()
            {
                Model = parsed.GetValue(model),
                Classes = parsed.GetValue(classes),
                Size = parsed.GetValue(size),
                Mean = Numbers("--mean", parsed.GetValue(mean)),
                Deviation = Numbers("--deviation", parsed.GetValue(deviation)),
                Names = parsed.GetValue(names) is { } path ? [.. File.ReadLines(path).Where(line => line.Length > 0)] : null,
            });
            Console.WriteLine(Line($"{parsed.GetValue(folder)}: {imported.Spec.Name}, {imported.Spec.Layers.Count:N0} layers, {imported.Spec.Parameters:N0} parameters, {imported.Spec.Classes:N0} classes."));
            foreach (var note in notes)
            {
                Console.WriteLine($"  {note}");
            }

            return 0;
        });
        return command;
    }

    private static Command Export()
    {
        var folder = new Argument<string>("folder") { Description = "A model's folder." };
        var target = new Option<string>("--out") { Description = "The file: .onnx with the graph, or .safetensors with the weights alone.", Required = true };
        var command = new Command("export", "Writes a model in a format of others; an ONNX file is run in OnnxRuntime and compared before it is kept.") { folder, target };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(target)!;
            SavedModel.Open(parsed.GetValue(folder)!).Export(path);
            Console.WriteLine(Line($"{path}: {new FileInfo(path).Length:N0} bytes."));
            return 0;
        });
        return command;
    }

    /// <exception cref="NeuroException"><c>models.threads</c></exception>
    public static int CheckThreads(int threads) => threads is >= 1 and <= 1024 ? threads : throw new NeuroException("models.threads", $"--threads is {threads}; expected 1 to 1024.");

    private static Option<int?> Classes() => new("--classes") { Description = "Classes of a zoo's model; those it is published for if left out." };

    private static Option<int?> Size() => new("--size") { Description = "Side of the square input; the one it is published for if left out." };

    private static float[]? Numbers(string option, string? text) => text is null
        ? null
        : [.. text.Split(',').Select(part => float.TryParse(part, CultureInfo.InvariantCulture, out var number) ? number : throw new NeuroException("models.numbers",
            $"{option} is '{text}'; expected numbers with commas between them."))];

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
