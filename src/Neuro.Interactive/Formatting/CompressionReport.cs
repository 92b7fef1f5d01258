namespace Neuro.Interactive.Formatting;

/// <summary>A model and the smaller ones that were made of it, measured on the same samples.</summary>
/// <param name="Samples">Rendered samples, of scenes that none has learnt from, that accuracies were measured on.</param>
/// <param name="Machine">What times were measured on.</param>
/// <param name="Models">The whole one first.</param>
[TypeFormatterSource(typeof(CompressionReportFormatters))]
public sealed record CompressionReport(string Model, int Samples, string Machine, IReadOnlyList<MeasuredModel> Models);

/// <param name="Accuracy">Share of the samples that it names right.</param>
/// <param name="Macs">Multiply-accumulates of one sample.</param>
/// <param name="Bytes">The ONNX file.</param>
/// <param name="Time">Median of one sample.</param>
/// <param name="File">The ONNX file's path.</param>
public sealed record MeasuredModel(string Name, double Accuracy, long Macs, long Parameters, long Bytes, TimeSpan Time, string File);

internal sealed class CompressionReportFormatters : FormatterSource<CompressionReport>
{
    protected override string ToText(CompressionReport report) => $"{Table(report).ToText()}\n{Note(report)}";

    protected override Html ToHtml(CompressionReport report) =>
        HtmlParts.Card($"{report.Model}, made smaller", Table(report).ToHtml(), Html.Of($"<p class=\"neuro-quiet\" style=\"margin:.3em 0\">{Note(report)}</p>"));

    private static ListTable<MeasuredModel> Table(CompressionReport report) => new ListTable<MeasuredModel>("What each costs and knows", report.Models)
        .Words("model", model => model.Name, model => Html.Of($"<span title=\"{model.File}\">{model.Name}</span>"))
        .Number("right", model => Wording.Percent(model.Accuracy))
        .Number("MACs", model => Wording.Count(model.Macs))
        .Number("parameters", model => Wording.Count(model.Parameters))
        .Number("size", model => Wording.Size(model.Bytes))
        .Number("ms", model => Wording.Number(model.Time.TotalMilliseconds, "0.00"))
        .Number("faster", model => Wording.Number(report.Models[0].Time / model.Time, "0.00") + " ×");

    private static string Note(CompressionReport report) =>
        $"right: of {Wording.Count(report.Samples, "product")} in scenes that none has learnt from. ms: the median of one sample, {report.Machine}.";
}
