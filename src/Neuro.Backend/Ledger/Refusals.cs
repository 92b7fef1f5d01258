using System.Text;
using Neuro.Client.Api;

namespace Neuro.Backend.Ledger;

/// <summary>Says in words why the ledger refused.</summary>
internal static class Refusals
{
    /// <summary>Throws unless the transfer is done.</summary>
    /// <param name="what">What it was for, such as "the hold for this job".</param>
    /// <exception cref="NeuroException"><c>ledger.</c> and the code's name in snake case.</exception>
    public static void ThrowIfRefused(this TransferResult result, string what)
    {
        if (!result.Succeeded)
        {
            throw new NeuroException(Code(result.Code), Sentence(result, what));
        }
    }

    /// <summary>Throws for the transfer that refused the group.</summary>
    public static void ThrowIfRefused(this TransferResult[] linked, string what)
    {
        foreach (var result in linked.Where(result => result.Code != TransferCode.LinkedTransferRefused))
        {
            result.ThrowIfRefused(what);
        }
    }

    public static string Code(TransferCode code)
    {
        var text = new StringBuilder("ledger.");
        foreach (var letter in code.ToString())
        {
            if (char.IsUpper(letter) && text[^1] != '.')
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    private static string Sentence(TransferResult result, string what) => result.Code switch
    {
        TransferCode.InsufficientFunds =>
            $"{Capital(what)} needs {result.Amount} NTK; {result.Limit} NTK are available, {result.Amount - result.Limit} NTK are missing. Buy NTK from the treasury first: `#!neuro-buy {result.Amount - result.Limit}` or client.BuyAsync(Ntk.Parse(\"{result.Amount - result.Limit}\")).",
        TransferCode.AmountExceedsHold => $"{Capital(what)} is {result.Amount} NTK, but {result.Limit} NTK are left of the hold. Post at most what is held, or void it and make a new hold.",
        TransferCode.AmountMustBePositive => $"{Capital(what)} must move more than 0 NTK.",
        TransferCode.AmountOverflows => $"{Capital(what)} is more than the ledger can count.",
        TransferCode.AccountsMustHaveTheSameAsset => $"{Capital(what)} goes from an account of one asset to an account of another. Trade them in an order book instead.",
        TransferCode.HoldClosed => $"{Capital(what)} cannot be paid: its hold was posted or voided whole. Make a new hold.",
        TransferCode.HoldExpired => $"{Capital(what)} cannot be paid: the deadline of its hold has passed. Make a new hold.",
        TransferCode.HoldNotFound => $"{Capital(what)} names a hold that does not exist.",
        TransferCode.DebitAccountNotFound or TransferCode.CreditAccountNotFound => $"{Capital(what)} names an account that does not exist.",
        TransferCode.ExistsWithDifferentAmount => $"{Capital(what)}: this id was used before for {result.Amount} NTK. Use a new id for a new request.",
        _ when result.Code.ToString().StartsWith("ExistsWithDifferent", StringComparison.Ordinal) => $"{Capital(what)}: this id was used before for something else ({result.Code}). Use a new id for a new request.",
        _ => $"{Capital(what)} was refused by the ledger: {result.Code}.",
    };

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
