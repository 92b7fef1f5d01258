using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>Which instances are exported; the dataset's own labels keep all of them.</summary>
public sealed record ExportFilter
{
    /// <summary>Everything.</summary>
    public static readonly ExportFilter None = new();

    /// <summary>The least visible share, 0 to 1.</summary>
    /// <value>0</value>
    public double MinVisibility { get; init; }

    /// <summary>The least longer side of the visible box, in pixels.</summary>
    /// <value>0</value>
    public int MinSize { get; init; }

    /// <summary>The most that may lie outside the frame, 0 to 1.</summary>
    /// <value>1</value>
    public double MaxTruncation { get; init; } = 1;

    /// <summary>Names of the classes that are exported; none given: all. Class ids stay what they are.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <exception cref="ExchangeException"><c>export.bad_filter</c>, <c>export.unknown_class</c>.</exception>
    internal Func<Instance, bool> Over(IReadOnlyList<string> classNames)
    {
        if (MinVisibility is not (>= 0 and <= 1) || MaxTruncation is not (>= 0 and <= 1) || MinSize < 0)
        {
            throw new ExchangeException("export.bad_filter", $"Visibility {MinVisibility} and truncation {MaxTruncation} must lie from 0 to 1, and a size of {MinSize} pixels must not be negative.");
        }

        if (Classes.Except(classNames).FirstOrDefault() is { } unknown)
        {
            throw new ExchangeException("export.unknown_class", $"The dataset has no class '{unknown}'; did you mean '{Spelling.Nearest(unknown, classNames).FirstOrDefault()}'?");
        }

        var wanted = Enumerable.Range(0, classNames.Count).Where(id => Classes.Count == 0 || Classes.Contains(classNames[id])).ToHashSet();
        return one => one.Visibility >= MinVisibility && one.Truncation <= MaxTruncation && Math.Max(one.Box.Width, one.Box.Height) >= MinSize && wanted.Contains(one.ClassId);
    }
}
