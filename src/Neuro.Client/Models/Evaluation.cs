namespace Neuro.Client.Models;

/// <summary>How well a model recognises labelled pictures.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Data">What it was measured on.</param>
/// <param name="Count">How many pictures.</param>
/// <param name="Top1">Share of pictures whose best guess is right, with its 95 % Wilson interval (Wilson 1927) in <paramref name="Top1Low"/> and <paramref name="Top1High"/>.</param>
/// <param name="Top5">Share of pictures whose class is among the five best guesses.</param>
/// <param name="MacroRecall">Recall, averaged over classes that occur.</param>
/// <param name="Confusion">Counts, <c>[actual][predicted]</c>.</param>
/// <param name="Worst">The mistakes made with the most confidence.</param>
[TypeFormatterSource("ModelFormatters")]
public sealed record Evaluation(
    string Model, string Data, IReadOnlyList<string> Classes, int Count, double Top1, double Top1Low, double Top1High, double Top5, double MacroRecall,
    int[][] Confusion, IReadOnlyList<Mistake> Worst);

/// <summary>A picture that a model took for something else.</summary>
/// <param name="Jpeg">The picture as the model saw it, small.</param>
public sealed record Mistake(string File, string Actual, string Predicted, double Confidence, byte[] Jpeg);
