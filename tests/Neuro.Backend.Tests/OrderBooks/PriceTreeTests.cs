using CsCheck;
using Neuro.Backend.OrderBooks;

namespace Neuro.Backend.Tests.OrderBooks;

public sealed class PriceTreeTests
{
    // Near each other, far apart, and one bit away from each other at every depth.
    private static readonly Gen<long> Keys = Gen.OneOf(
        Gen.Long[0, 200], Gen.Long[0, long.MaxValue], Gen.Int[0, 62].Select(bit => 1L << bit), Gen.OneOf(0, 63, 64, 4095, 4096, long.MaxValue));

    [Fact]
    public void AddAndRemove_AnyKeys_KeepTheirNumbersInOrder() => Gen.Select(Keys, Gen.Bool).List[1, 600].Sample(steps =>
    {
        var (tree, model, number) = (new PriceTree(), new SortedDictionary<long, int>(), 0);
        foreach (var (key, remove) in steps)
        {
            if (remove && model.Remove(key))
            {
                tree.Remove(key);
            }
            else
            {
                ref var place = ref tree.GetOrAdd(key, out var added);
                added.ShouldBe(!model.ContainsKey(key));
                if (added)
                {
                    place = model[key] = ++number;
                }

                place.ShouldBe(model[key]);
            }

            Walk(tree, model).ShouldBeTrue($"after {key}");
        }
    });

    [Fact]
    public void Remove_ElevenSixBitSteps_LeavesTheOthers()
    {
        var tree = new PriceTree();
        long[] keys = [.. Enumerable.Range(0, 63).Select(bit => 1L << bit), 0];
        foreach (var key in keys)
        {
            tree.GetOrAdd(key, out _) = int.CreateChecked(long.Log2(key | 1)) + (key == 0 ? 100 : 1);
        }

        tree.First().ShouldBe(100);
        tree.Remove(0);
        foreach (var bit in Enumerable.Range(0, 63))
        {
            tree.First().ShouldBe(bit + 1);
            tree.Remove(1L << bit);
        }

        tree.First().ShouldBe(PriceTree.None);
    }

    private static bool Walk(PriceTree tree, SortedDictionary<long, int> model)
    {
        var at = tree.First();
        foreach (var (key, number) in model)
        {
            if (at != number)
            {
                return false;
            }

            at = tree.After(key);
        }

        return at == PriceTree.None;
    }
}
