using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Treasury;

/// <summary>Where the market maker wants its bid and its ask: half a spread on each side of the reference, both moved against its inventory.</summary>
/// <remarks>
/// With the lots in the middle of their limits nothing is moved; at a limit both prices have moved by one whole spread, down when there are many lots and up when there are few.
/// That is a linear skew, the form that an inventory cost quadratic in the deviation gives (Ho and Stoll 1981; Avellaneda and Stoikov 2008).
/// </remarks>
internal static class MakerPrices
{
    private const int BasisPoints = 10_000;
    private const int Million = 1_000_000;

    /// <summary>Whole ticks: the bid rounded down and the ask up, so that the bid is below the ask; a bid of 0 is none.</summary>
    public static (Ntk Bid, Ntk Ask) Of(MakerBook book, Ntk tick, long lots)
    {
        // In millionths, from -1 at the least lots to 1 at the most. Rounding moves a price by less than a millionth of the spread.
        var (off, range) = ((2 * (Int128)lots) - book.MostLots - book.LeastLots, (Int128)book.MostLots - book.LeastLots);
        var skew = Int128.Clamp(off * Million / range, -Million, Million);
        var middle = ((Int128)BasisPoints * Million * 2) - (2 * skew * book.SpreadBasisPoints);
        var half = (Int128)book.SpreadBasisPoints * Million;
        var unit = (Int128)BasisPoints * Million * 2 * tick.Nano;
        return (At(book.Reference.Nano * (middle - half) / unit), At(((book.Reference.Nano * (middle + half)) + unit - 1) / unit));

        Ntk At(Int128 ticks) => new((long)ticks * tick.Nano);
    }
}
