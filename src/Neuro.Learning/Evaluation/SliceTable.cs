namespace Neuro.Learning.Evaluation;

/// <summary>How often a model is right in each slice of the samples: small and large ones, hidden and whole ones.</summary>
/// <param name="Name">What the slices are cut by, with its unit.</param>
/// <param name="Rows">In ascending order; empty slices too.</param>
public sealed record SliceTable(string Name, IReadOnlyList<SliceTable.Row> Rows)
{
    /// <param name="From">Values from this …</param>
    /// <param name="To">… to below this.</param>
    /// <param name="Right">Of the samples with such values.</param>
    public sealed record Row(double From, double To, Proportion Right);

    /// <summary>Cuts samples by a value each.</summary>
    /// <param name="name">What the slices are cut by, with its unit.</param>
    /// <param name="edges">Ascending; the first slice begins at the first edge, the last ends at the last. What lies outside is in none.</param>
    /// <param name="samples">A value and rightness a sample.</param>
    public static SliceTable Of(string name, IReadOnlyList<double> edges, IEnumerable<(double Value, bool Right)> samples)
    {
        if (edges.Count < 2 || edges.Zip(edges.Skip(1)).Any(pair => !(pair.First < pair.Second)))
        {
            throw new ArgumentException($"Slices need at least two ascending edges; they are {string.Join(", ", edges)}.", nameof(edges));
        }

        var (hits, counts) = (new int[edges.Count - 1], new int[edges.Count - 1]);
        foreach (var (value, right) in samples)
        {
            for (var i = 0; i < counts.Length; i++)
            {
                if (value >= edges[i] && value < edges[i + 1])
                {
                    counts[i]++;
                    hits[i] += right ? 1 : 0;
                }
            }
        }

        return new(name, [.. counts.Select((count, i) => new Row(edges[i], edges[i + 1], new(hits[i], count)))]);
    }

    /// <summary>The tables of rendered products, by everything that is known of them.</summary>
    public static IReadOnlyList<SliceTable> Of(IReadOnlyList<(Conditions Conditions, bool Right)> samples)
    {
        const double AboveOne = 1 + 1e-6;
        return
        [
            By("size, pixels", [0, 16, 32, 64, 96, double.PositiveInfinity], conditions => conditions.Size),
            By("visible share", [0, 0.25, 0.5, 0.75, 0.95, AboveOne], conditions => conditions.Visibility),
            By("share outside the frame", [0, 1e-6, 0.25, 0.5, AboveOne], conditions => conditions.Truncation),
            By("front turned away, degrees", [0, 15, 30, 45, 60, 90, 181], conditions => conditions.FrontAngle),
            By("light, luma", [0, 0.15, 0.3, 0.45, 0.6, AboveOne], conditions => conditions.Light),
        ];

        SliceTable By(string name, double[] edges, Func<Conditions, double> value) => Of(name, edges, samples.Select(sample => (value(sample.Conditions), sample.Right)));
    }
}
