using CsCheck;
using Neuro.Backend.OrderBooks;

namespace Neuro.Backend.Tests.OrderBooks;

public sealed class OrderTableTests
{
    // The multiplier's inverse makes ids from their hashes: neighbours, so that runs are long and wrap around the end of the table, and up to three ids of the same hash.
    private static readonly Gen<long> Ids = Gen.OneOf(
        Gen.Long[0, 80],
        Gen.Select(Gen.Long[-20, 20], Gen.Long[0, 2], (hash, low) => unchecked((long)((ulong)((hash << 32) + low) * Inverse(0x9E3779B97F4A7C15)))));

    [Fact]
    public void AddAndRemove_IdsThatCollide_AreFoundWhileTheyAreThere() => Gen.Select(Ids, Gen.Bool).List[1, 500].Sample(steps =>
    {
        var (table, model) = (new OrderTable(), new Dictionary<long, int>());
        foreach (var (id, remove) in steps)
        {
            if (model.Remove(id, out var slot))
            {
                if (remove)
                {
                    table.Remove(slot);
                }
                else
                {
                    model[id] = slot;
                }
            }
            else
            {
                slot = model[id] = table.Add(new(id, 1, Side.Bid, 1, 1));
                slot.ShouldNotBe(OrderTable.None);
            }

            table.Count.ShouldBe(model.Count);
            table.Find(id).ShouldBe(model.GetValueOrDefault(id, OrderTable.None));
            model.All(one => table.Find(one.Key) == one.Value && table[one.Value].Id == one.Key).ShouldBeTrue($"after {id}");
        }
    });

    /// <summary>The inverse modulo two to the 64 of an odd number, by Newton's iteration.</summary>
    private static ulong Inverse(ulong odd)
    {
        var inverse = odd;
        for (var i = 0; i < 6; i++)
        {
            inverse = unchecked(inverse * (2 - (odd * inverse)));
        }

        return inverse;
    }
}
