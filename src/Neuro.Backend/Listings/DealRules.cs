using Neuro.Client.Api;

namespace Neuro.Backend.Listings;

internal enum DealState
{
    /// <summary>Waits for a first offer.</summary>
    Open = 0,

    /// <summary>The newest offer waits for the other side.</summary>
    Offered = 1,

    /// <summary>Accepted; the price is held.</summary>
    Working = 2,

    /// <summary>Everything was delivered and paid.</summary>
    Completed = 3,

    /// <summary>Over before everything was delivered; what was not paid has come back.</summary>
    Ended = 4,

    Declined = 5,
    Withdrawn = 6,
    Expired = 7,
}

internal enum Party
{
    Buyer = 1,
    Supplier = 2,

    /// <summary>Time itself: an end, or an approval by silence.</summary>
    Clock = 3,
}

internal enum DealCommand
{
    Offer,
    Accept,
    Close,
    Deliver,
    Approve,
    Reject,
    Cancel,
    End,
    Lapse,
}

internal enum MilestoneState
{
    Waiting = 0,
    Delivered = 1,

    /// <summary>To be delivered again.</summary>
    Rejected = 2,
    Paid = 3,
    Cancelled = 4,
}

internal enum DeliveryState
{
    /// <summary>For the buyer's answer.</summary>
    Waiting = 0,
    Approved = 1,
    Rejected = 2,

    /// <summary>The deal ended first.</summary>
    Dropped = 3,
}

/// <summary>Who may do what to a deal in which state, and what it may become. What is not in the table cannot happen.</summary>
internal static class DealRules
{
    /// <summary>The most days between delivery and payment: silence is approval.</summary>
    public const int ApprovalDays = 7;

    /// <summary>A deal ends by itself so many days after its delivery deadline.</summary>
    public const int DaysAfterDue = 30;

    /// <summary>The ledger's own deadline of the hold lies so many days after that: a platform that stood still has time to pay what silence approved.</summary>
    public const int HoldGraceDays = 30;

    private static readonly Dictionary<(DealState From, DealCommand Command, Party By), DealState[]> Allowed = new()
    {
        [(DealState.Open, DealCommand.Offer, Party.Supplier)] = [DealState.Offered],
        [(DealState.Open, DealCommand.Close, Party.Supplier)] = [DealState.Declined],
        [(DealState.Open, DealCommand.Close, Party.Buyer)] = [DealState.Withdrawn],
        [(DealState.Open, DealCommand.Lapse, Party.Clock)] = [DealState.Expired],
        [(DealState.Offered, DealCommand.Offer, Party.Supplier)] = [DealState.Offered],
        [(DealState.Offered, DealCommand.Offer, Party.Buyer)] = [DealState.Offered],
        [(DealState.Offered, DealCommand.Accept, Party.Supplier)] = [DealState.Working],
        [(DealState.Offered, DealCommand.Accept, Party.Buyer)] = [DealState.Working],
        [(DealState.Offered, DealCommand.Close, Party.Supplier)] = [DealState.Declined],
        [(DealState.Offered, DealCommand.Close, Party.Buyer)] = [DealState.Withdrawn],
        [(DealState.Offered, DealCommand.Lapse, Party.Clock)] = [DealState.Expired],
        [(DealState.Working, DealCommand.Deliver, Party.Supplier)] = [DealState.Working],
        [(DealState.Working, DealCommand.Approve, Party.Buyer)] = [DealState.Working, DealState.Completed, DealState.Ended],
        [(DealState.Working, DealCommand.Approve, Party.Clock)] = [DealState.Working, DealState.Completed, DealState.Ended],
        [(DealState.Working, DealCommand.Reject, Party.Buyer)] = [DealState.Working],
        [(DealState.Working, DealCommand.Cancel, Party.Buyer)] = [DealState.Working, DealState.Ended],
        [(DealState.Working, DealCommand.End, Party.Supplier)] = [DealState.Working, DealState.Ended],
        [(DealState.Working, DealCommand.End, Party.Buyer)] = [DealState.Working, DealState.Ended],
        [(DealState.Working, DealCommand.Lapse, Party.Clock)] = [DealState.Ended],
    };

    /// <summary>Whether a deal may become this by that.</summary>
    public static bool Allows(DealState from, DealCommand command, Party by, DealState to) => Allowed.TryGetValue((from, command, by), out var ways) && ways.Contains(to);

    /// <exception cref="NeuroException"><c>deal.wrong_state</c></exception>
    public static void Check(DealState from, DealCommand command, Party by)
    {
        if (!Allowed.ContainsKey((from, command, by)))
        {
            var possible = Allowed.Keys.Where(key => key.From == from && key.By == by).Select(key => Word(key.Command)).ToList();
            throw new NeuroException(
                "deal.wrong_state", $"The deal is {Word(from)}; a {Word(by)} cannot {Word(command)} now, but {(possible.Count == 0 ? "only look" : string.Join(" or ", possible))}.") { Status = 409 };
        }
    }

    public static string Word(Enum value) => value.ToString().ToLowerInvariant();
}
