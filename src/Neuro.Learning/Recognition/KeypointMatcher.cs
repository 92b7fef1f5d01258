using System.Numerics.Tensors;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Learning.Recognition;

/// <summary>Names products by the keypoints that a photo shares with their catalogue pictures: what can be had without any training, to compare with.</summary>
/// <remarks>
/// Each keypoint of a photo votes for the product with the nearest one, where none of another product is nearly as near (the ratio of Lowe 2004, section 7.1,
/// with the second neighbour taken from another product: two of one product say the same).
/// </remarks>
public sealed class KeypointMatcher
{
    private const int PerPhoto = 800;
    private const int PerProduct = 600;
    private const float Ratio = 0.8f;

    private readonly Keypoint[][] known;

    /// <param name="catalogue">Its pictures are all that is known.</param>
    public KeypointMatcher(Catalogue catalogue) =>
        known = [.. Enumerable.Range(0, catalogue.Products.Count).AsParallel().AsOrdered().Select(product => Keypoints.Of(Codec.Decode(catalogue.Picture(product), catalogue.Products[product].Picture), PerProduct).ToArray())];

    /// <summary>Share of the votes for each product, of all keypoints that voted; all zero where none did.</summary>
    public float[] Votes(Image photo)
    {
        var votes = new float[known.Length];
        foreach (var point in Keypoints.Of(photo, PerPhoto))
        {
            // Descriptors have length 1: the larger the product, the nearer.
            var (best, second, product) = (-1f, -1f, -1);
            for (var k = 0; k < known.Length; k++)
            {
                var nearest = -1f;
                foreach (var other in known[k])
                {
                    nearest = MathF.Max(nearest, TensorPrimitives.Dot(point.Descriptor, other.Descriptor));
                }

                (best, second, product) = nearest > best ? (nearest, best, k) : (best, MathF.Max(second, nearest), product);
            }

            if (product >= 0 && 1 - best < Ratio * Ratio * (1 - second))
            {
                votes[product]++;
            }
        }

        var sum = votes.Sum();
        return sum > 0 ? [.. votes.Select(vote => vote / sum)] : votes;
    }
}
