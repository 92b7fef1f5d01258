using System.Text.RegularExpressions;
using Neuro.Client.Api;
using Neuro.Learning.Specs;

namespace Neuro.Learning.Exchange;

/// <summary>Gives a spec the weights of a file of others. The zoo's layers are named as torchvision names them; the few names that differ between its versions, or hold no layer's name, are listed here.</summary>
internal static partial class WeightNames
{
    private static readonly (Regex From, MatchEvaluator To)[] Aliases =
    [
        (DataParallel(), _ => ""),
        (ScaleWeight(), _ => "backbone.scale.weight"),
        (PyramidBlock(), match => $"{match.Groups[1]}.{match.Groups[2]}"),
        (ProposalConv(), match => $"rpn.head.conv.{match.Groups[1]}"),
        // Counted from 0 in newer versions and from 1 in older ones.
        (MaskConv(), match => $"roi_heads.mask_head.mask_fcn{match.Groups[1].Value[0] - '0' + 1}.{match.Groups[2]}"),
    ];

    /// <summary>The weights that the spec needs, and the names of those that it does not.</summary>
    /// <exception cref="NeuroException"><c>weights.mismatch</c></exception>
    public static (IReadOnlyDictionary<string, TensorValues> Weights, IReadOnlyList<string> Unused) Fit(ModelSpec spec, IReadOnlyDictionary<string, TensorValues> tensors)
    {
        var renamed = new Dictionary<string, TensorValues>();
        foreach (var (name, tensor) in tensors)
        {
            renamed[Canonical(name)] = tensor;
        }

        WeightLayout.Check(spec, renamed);
        var needed = WeightLayout.Of(spec).Select(weight => weight.Name).ToHashSet();
        return (renamed.Where(pair => needed.Contains(pair.Key)).ToDictionary(), [.. renamed.Keys.Where(name => !needed.Contains(name) && !name.EndsWith("num_batches_tracked", StringComparison.Ordinal))]);
    }

    private static string Canonical(string name) => Aliases.Aggregate(name, (known, alias) => alias.From.Replace(known, alias.To));

    [GeneratedRegex(@"^module\.")]
    private static partial Regex DataParallel();

    [GeneratedRegex(@"^backbone\.scale_weight$")]
    private static partial Regex ScaleWeight();

    [GeneratedRegex(@"^(backbone\.fpn\.(?:inner|layer)_blocks\.\d)\.0\.(weight|bias)$")]
    private static partial Regex PyramidBlock();

    [GeneratedRegex(@"^rpn\.head\.conv\.0\.0\.(weight|bias)$")]
    private static partial Regex ProposalConv();

    [GeneratedRegex(@"^roi_heads\.mask_head\.([0-3])\.0\.(weight|bias)$")]
    private static partial Regex MaskConv();
}
