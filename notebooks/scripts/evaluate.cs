#:project ../../src/Neuro.Cli
#:property PublishAot=false

// What a model sees in a folder of pictures; where it has a folder a class, how often it is right: dotnet run notebooks/scripts/evaluate.cs [-- pictures [model]]
using Neuro.Kernels.Formats;
using Neuro.Learning.Evaluation;
using Spectre.Console;

var pictures = args.Length > 0 ? args[0] : "datasets/corner-shop/pictures";
var model = args.Length > 1 ? args[1] : "datasets/models/sku";

string[] kinds = [".jpg", ".jpeg", ".png"];
var files = Directory.EnumerateFiles(pictures, "*", SearchOption.AllDirectories)
    .Where(file => kinds.Contains(Path.GetExtension(file).ToLowerInvariant())).Order().ToList();
var table = new Table { Border = TableBorder.Rounded };
table.AddColumns("picture", "the model says", "sure", "");
var (right, known) = (0, 0);
using (var classifier = Classifier.Load(model, Environment.ProcessorCount, Classifier.OneView))
{
    foreach (var batch in files.Chunk(16))
    {
        var answers = classifier.Predict([.. batch.Select(file => Codec.Decode(File.ReadAllBytes(file), file))]);
        foreach (var (file, shares) in batch.Zip(answers))
        {
            var best = Array.IndexOf(shares, shares.Max());
            var isKnown = classifier.Classes.Contains(Path.GetFileName(Path.GetDirectoryName(file)!));
            var isRight = classifier.Classes[best] == Path.GetFileName(Path.GetDirectoryName(file));
            (right, known) = (right + (isRight ? 1 : 0), known + (isKnown ? 1 : 0));
            string[] row = [Path.GetRelativePath(pictures, file), classifier.Classes[best], shares[best].ToString("P0"), isRight ? "right" : isKnown ? "wrong" : ""];
            table.AddRow(row.Select(cell => new Text(cell)));
        }
    }
}

AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Out) }).Write(table);
Console.WriteLine(known > 0
    ? $"{right} of {known} right: {(double)right / known:P1}"
    : $"{files.Count} pictures; none lies in a folder named after a class of the model, so nothing is known to be right.");
