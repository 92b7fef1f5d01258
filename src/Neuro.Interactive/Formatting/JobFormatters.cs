using System.Globalization;
using System.Text.Json;
using Neuro.Client.Jobs;

namespace Neuro.Interactive.Formatting;

/// <summary>How work, its workers and its proofs are shown.</summary>
internal sealed class JobFormatters
{
    public IEnumerable<object> CreateTypeFormatters() =>
    [
        .. new SingleJobFormatters().CreateTypeFormatters(),
        .. new JobProgressFormatters().CreateTypeFormatters(),
        .. new ReceiptFormatters().CreateTypeFormatters(),
        .. new NodeFormatters().CreateTypeFormatters(),
    ];
}

internal sealed class SingleJobFormatters : FormatterSource<Job>
{
    protected override string ToText(Job job) => Facts(job).ToText();

    protected override Html ToHtml(Job job) => HtmlParts.Card(job.Title, Facts(job).ToHtml());

    protected override string? ToText(IReadOnlyList<Job> jobs) => Table(jobs).ToText();

    protected override Html? ToHtml(IReadOnlyList<Job> jobs) => Table(jobs).ToHtml();

    internal static string State(Job job) => job.State.ToString().ToLowerInvariant();

    private static FactSheet Facts(Job job) => new FactSheet($"Job: {job.Title}")
        .Add("state", State(job), job.State == JobState.Failed ? CardParts.Bad(State(job)) : Html.Of($"<strong>{State(job)}</strong>"))
        .AddIf("error", job.Error)
        .Add("shards", $"{Wording.Count(job.Verified)} of {Wording.Count(job.Shards)} verified and paid")
        .Add("paid", $"{Wording.Amount(job.Paid)} of the {Wording.Amount(job.Cap)} held")
        .AddIf("returned", job.EndedAt is null ? null : Wording.Amount(job.Returned))
        .Add("work", $"{job.Work} CU")
        .Add("ordered", Wording.Moment(job.CreatedAt))
        .AddIf("took", job.EndedAt is { } ended ? Wording.Duration(ended - job.CreatedAt) : null)
        .AddIf("dataset", job.DatasetId?.ToString(), Code(job.DatasetId))
        .AddIf("model", job.ModelId?.ToString(), Code(job.ModelId))
        .Add("id", job.Id.ToString(), Code(job.Id));

    private static ListTable<Job> Table(IReadOnlyList<Job> jobs) => new ListTable<Job>("Jobs", jobs)
        .Words("job", job => job.Title, job => Html.Of($"<span title=\"{job.Id}\">{job.Title}</span>"))
        .Words("state", State, job => job.State == JobState.Failed ? CardParts.Bad(State(job)) : Html.Text(State(job)))
        .Number("shards", job => $"{job.Verified}/{job.Shards}")
        .Amounts("paid, NTK", job => job.Paid)
        .Amounts("cap, NTK", job => job.Cap)
        .Moments("ordered", job => job.CreatedAt)
        .Words("id", job => job.Id.ToString(), job => Wording.Code(job.Id));

    private static Html? Code(Guid? id) => id is null ? null : Html.Of($"<code>{id}</code>");
}

internal sealed class JobProgressFormatters : FormatterSource<JobProgress>
{
    protected override IEnumerable<(string Mime, Func<JobProgress, string> Form)> OtherForms =>
    [
        (MimeTypes.Progress, now => JsonSerializer.Serialize(new { label = now.Job.Title, fraction = now.Fraction, detail = Detail(now) })),
    ];

    protected override string ToText(JobProgress now)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{now.Job.Title}: {now.Fraction * 100:0} % · {Detail(now)}");
        return now.Curve.Count == 0 ? line : $"{line}\n{TrainingCurves.ToText(now.Curve)}";
    }

    protected override Html ToHtml(JobProgress now) =>
        HtmlParts.Progress(now.Job.Title, now.Fraction, Detail(now)) + (now.Curve.Count == 0 ? Html.Empty : TrainingCurves.ToHtml(now.Curve));

    // First what a narrow terminal must not cut off.
    private static string Detail(JobProgress now) => string.Join(" · ", new[]
    {
        now.Job.State == JobState.Running && now.Remaining is { } left ? $"about {Wording.Duration(left)} left" : "",
        now.Curve.Count > 0 ? $"loss {Wording.Number(now.Curve[^1].Loss, "0.000")}, accuracy {Wording.Percent(now.Curve[^1].Accuracy)}" : "",
        $"{now.Job.Verified} of {Wording.Count(now.Job.Shards, "shard")} verified",
        Wording.Duration(now.Elapsed),
        now.Detail,
    }.Where(part => part.Length > 0));
}
