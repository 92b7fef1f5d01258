using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Neuro.Chain.Coding;
using Neuro.Chain.Values;

namespace Neuro.Chain.Liabilities;

/// <summary>What the platform owes one owner. Amounts are base units.</summary>
/// <param name="Salt">Known to the owner and the platform alone: without it a neighbour in the tree could guess amounts.</param>
public sealed record Liability(Address Owner, BigInteger Amount, Hash32 Salt);

/// <summary>A sibling on the way from a leaf to the root.</summary>
/// <param name="IsLeft">Whether the sibling is on the left.</param>
public sealed record SumTreeStep(Hash32 Hash, BigInteger Sum, bool IsLeft);

/// <summary>A Merkle sum tree of all liabilities, as <c>NtkVault</c> checks it: a node is a hash and the sum below it, and each hash covers both sums below.</summary>
/// <remarks>
/// Leaf: keccak256(0 ‖ owner ‖ amount ‖ salt). Inner: keccak256(1 ‖ left hash ‖ left sum ‖ right hash ‖ right sum). An odd node at a level's end is paired with the empty
/// leaf (hash 0, sum 0). A single leaf is the root.
/// </remarks>
public sealed class SumTree
{
    private const int WordSize = 32;
    private readonly IReadOnlyList<Liability> leaves;
    private readonly List<(Hash32 Hash, BigInteger Sum)[]> levels;

    private SumTree(IReadOnlyList<Liability> leaves, List<(Hash32 Hash, BigInteger Sum)[]> levels) => (this.leaves, this.levels) = (leaves, levels);

    public Hash32 Root => levels[^1][0].Hash;

    /// <summary>All that is owed.</summary>
    public BigInteger Sum => levels[^1][0].Sum;

    public int Count => leaves.Count;

    /// <summary>Builds the tree; a leaf's place is that in the list.</summary>
    /// <exception cref="ArgumentException">No leaf.</exception>
    /// <exception cref="OverflowException">A negative amount, or a sum over uint256.</exception>
    public static SumTree Build(IReadOnlyList<Liability> leaves)
    {
        if (leaves.Count == 0)
        {
            throw new ArgumentException("A tree needs a leaf; with nothing owed there is nothing to prove.");
        }

        List<(Hash32 Hash, BigInteger Sum)[]> levels = [[.. leaves.Select(leaf => (LeafHash(leaf), leaf.Amount))]];
        while (levels[^1] is { Length: > 1 } below)
        {
            levels.Add([.. below.Chunk(2).Select(pair => Join(pair[0], pair.Length == 2 ? pair[1] : default))]);
        }

        return new(leaves, levels);
    }

    /// <summary>The siblings from leaf <paramref name="index"/> to the root.</summary>
    public IReadOnlyList<SumTreeStep> Path(int index)
    {
        var path = new List<SumTreeStep>();
        foreach (var level in levels.SkipLast(1))
        {
            var (hash, sum) = (index ^ 1) < level.Length ? level[index ^ 1] : default;
            path.Add(new(hash, sum, IsLeft: index % 2 == 1));
            index /= 2;
        }

        return path;
    }

    /// <summary>The proof that leaf <paramref name="index"/> is in the total, as <see cref="LiabilityProof"/> reads it.</summary>
    public string Proof(int index, long epoch) => new JsonObject
    {
        ["epoch"] = epoch,
        ["root"] = Root.ToString(),
        ["sum"] = Text(Sum),
        ["owner"] = leaves[index].Owner.ToString(),
        ["amount"] = Text(leaves[index].Amount),
        ["salt"] = leaves[index].Salt.ToString(),
        ["path"] = new JsonArray([.. Path(index).Select(step => new JsonObject { ["hash"] = step.Hash.ToString(), ["sum"] = Text(step.Sum), ["left"] = step.IsLeft })]),
    }.ToJsonString();

    private static Hash32 LeafHash(Liability leaf)
    {
        Span<byte> bytes = stackalloc byte[1 + Address.Length + WordSize + WordSize];
        bytes[0] = 0;
        leaf.Owner.CopyTo(bytes[1..]);
        Uint256.Write(leaf.Amount, bytes[(1 + Address.Length)..]);
        leaf.Salt.CopyTo(bytes[(1 + Address.Length + WordSize)..]);
        return Keccak.Of(bytes);
    }

    private static (Hash32 Hash, BigInteger Sum) Join((Hash32 Hash, BigInteger Sum) left, (Hash32 Hash, BigInteger Sum) right)
    {
        Span<byte> bytes = stackalloc byte[1 + (4 * WordSize)];
        bytes[0] = 1;
        left.Hash.CopyTo(bytes[1..]);
        Uint256.Write(left.Sum, bytes[(1 + WordSize)..]);
        right.Hash.CopyTo(bytes[(1 + (2 * WordSize))..]);
        Uint256.Write(right.Sum, bytes[(1 + (3 * WordSize))..]);
        return (Keccak.Of(bytes), Uint256.Check(left.Sum + right.Sum, "The sum of all liabilities"));
    }

    private static string Text(BigInteger number) => number.ToString(CultureInfo.InvariantCulture);
}
