using Neuro.Backend.Exchange;
using Neuro.Backend.Ledger;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Simulation;

/// <summary>Something asked of a book: an order, or one to take back.</summary>
internal sealed record Wish(Guid Account, BookMirror Book, BookOrderRequest? Place, BookMirror.Order? Cancel);

/// <summary>How a fault ends.</summary>
internal enum Repair
{
    /// <summary>The platform is stopped and started again.</summary>
    Restart,

    /// <summary>The database works again while further orders are on their way.</summary>
    WithTheFirstLoss,

    /// <summary>The database works again once every order was answered.</summary>
    Afterwards,
}

/// <summary>Asks ledger and exchange for something, and compares what they answer with what they should.</summary>
internal sealed class Dealings(World world)
{
    public Task SubmitAsync(params IReadOnlyList<TransferRequest> linked) => SubmitAllAsync([linked]);

    /// <summary>Linked groups, all on their way at once.</summary>
    public async Task SubmitAllAsync(IReadOnlyList<IReadOnlyList<TransferRequest>> groups)
    {
        var answers = groups.Select(Send).ToList();
        for (var i = 0; i < groups.Count; i++)
        {
            Compare(groups[i], world.Mirror.Apply(groups[i])!, await answers[i]);
        }
    }

    /// <summary>Linked groups, of which some are lost with all answers when the platform dies; they are sent again after it has come back.</summary>
    /// <param name="room">How many transfers become durable before.</param>
    public async Task SubmitThroughCrashAsync(IReadOnlyList<IReadOnlyList<TransferRequest>> groups, long room)
    {
        var cut = world.Mirror.Transfers + room;
        await world.CutAfterAsync(cut);
        var answers = groups.Select(Send).ToList();
        for (var i = 0; i < groups.Count; i++)
        {
            var expected = world.Mirror.Apply(groups[i], cut);
            if (await LostAsync(answers[i]) != expected is null)
            {
                throw new LawBrokenException($"{Words(groups[i])} came after transfer {cut}, where the database stopped: it was {(expected is null ? "done all the same" : "not done, though there was room")}");
            }
        }

        await world.RestartAsync(crashed: true);
        await world.Laws.CheckAsync(settled: false);
        await SubmitAllAsync(groups);
    }

    /// <summary>A transfer whose caller fails in its own writes: nothing of it may be kept.</summary>
    public async Task SubmitWithFailingWritesAsync(TransferRequest request, IReadOnlyList<IReadOnlyList<TransferRequest>> beside)
    {
        var half = beside.Count / 2;
        var before = beside.Take(half).Select(Send).ToList();
        var failing = world.Ledger.SubmitAsync([request], _ => throw new InvalidOperationException("simulated fault of a caller"));
        var answers = before.Concat(beside.Skip(half).Select(Send)).ToList();
        for (var i = 0; i < beside.Count; i++)
        {
            Compare(beside[i], world.Mirror.Apply(beside[i])!, await answers[i]);
        }

        if (!await LostAsync(failing))
        {
            throw new LawBrokenException($"{Words([request])} was done although what had to be written with it was not");
        }
    }

    /// <summary>Gives an account new lots.</summary>
    public async Task IssueAsync(Guid id, Guid account, BookTerms terms, long lots)
    {
        await world.Exchange.IssueAsync(id, account, terms.Asset, lots, "Issued", CancellationToken.None);
        world.Mirror.Open(SystemAccounts.HoldingOf(account, terms.Asset), terms.Asset);
        world.Mirror.Apply([TransferRequest.Transfer(DerivedId.Of("issue", id), SystemAccounts.IssuanceOf(terms.Asset), SystemAccounts.HoldingOf(account, terms.Asset), new Ntk(lots), "Issued")]);
    }

    /// <summary>Places an order and waits for the answer.</summary>
    public async Task PlaceAsync(Guid account, BookMirror book, BookOrderRequest request)
    {
        var expected = Expected(account, book, request);
        var answer = await AskAsync(new(account, book, request, null));
        if (expected is not null || answer is not { Order: { } placed })
        {
            Agree($"order {request.Id} of {request.Quantity} lots of {book.Terms.Asset}", expected ?? "placed", answer.Code ?? "placed");
            return;
        }

        var order = book.Orders.GetValueOrDefault(request.Id) ?? book.Place(account, request);
        Agree($"order {request.Id}", $"{LiveOrder.Word(order.State)}, {order.Filled} filled", $"{placed.State}, {placed.Filled} filled");
    }

    /// <summary>Takes an order back and waits for the answer.</summary>
    public async Task CancelAsync(Guid account, BookMirror book, BookMirror.Order order)
    {
        var answer = await AskAsync(new(account, book, null, order));
        if (account != order.Account)
        {
            Agree($"taking back order {order.Id} of somebody else", "order.not_found", answer.Code ?? "done");
            return;
        }

        book.Cancel(order);
        Agree($"taking back order {order.Id}", $"{LiveOrder.Word(order.State)}, {order.Filled} filled", answer.Order is { } left ? $"{left.State}, {left.Filled} filled" : answer.Code!);
    }

    /// <summary>Wishes that are all on their way at once, each of which can be met.</summary>
    public async Task AskAllAsync(IReadOnlyList<Wish> wishes)
    {
        var answers = wishes.Select(AskAsync).ToList();
        Apply(wishes);
        foreach (var answer in answers)
        {
            Agree("an order among others that are on their way", "done", (await answer).Code ?? "done");
        }
    }

    /// <summary>Orders that are on their way when the database fails, or the platform dies; then all of them again, in their order.</summary>
    public async Task AskThroughFaultAsync(IReadOnlyList<Wish> wishes, Func<Task> fault, Repair repair)
    {
        await fault();
        world.HasFailed = true;
        var answers = wishes.Select(AskAsync).ToList();
        if (repair == Repair.WithTheFirstLoss)
        {
            await FirstLossAsync(answers);
            await world.MendAsync();
        }

        foreach (var answer in await Task.WhenAll(answers))
        {
            if (answer.Code is { } code && !IsLost(code))
            {
                throw new LawBrokenException($"an order during a fault of the database was answered with {code}");
            }
        }

        await (repair == Repair.Restart ? world.RestartAsync(crashed: true) : world.MendAsync());
        foreach (var wish in wishes)
        {
            Agree($"order {wish.Place!.Id} sent again after a fault", "done", (await AskAsync(wish)).Code ?? "done");
        }

        Apply(wishes);
    }

    /// <summary>Gives back what has expired.</summary>
    public async Task ExpireAsync()
    {
        var due = world.Mirror.OpenHolds.Where(hold => hold.Value.Deadline <= world.Clock.Now).Select(hold => hold.Key).ToList();
        var given = await world.Ledger.ExpireAsync(CancellationToken.None);
        foreach (var hold in due)
        {
            world.Mirror.Apply([TransferRequest.Expire(hold)]);
        }

        Agree("expiry", $"{due.Count} holds", $"{given} holds");
    }

    private static string Words(IReadOnlyList<TransferRequest> group) => string.Join(" + ", group.Select(request => $"{request.Kind} {request.Id} of {request.Amount} NTK"));

    private static void Agree(string what, string expected, string actual)
    {
        if (expected != actual)
        {
            throw new LawBrokenException($"{what}: expected {expected}, but it was {actual}");
        }
    }

    private Task<TransferResult[]> Send(IReadOnlyList<TransferRequest> linked) => world.Ledger.SubmitAsync(world.Sabotage.Alter(linked));

    private void Compare(IReadOnlyList<TransferRequest> linked, TransferCode[] expected, TransferResult[] actual)
    {
        world.Refused += expected.Any(code => code is not (TransferCode.Ok or TransferCode.Exists)) ? 1 : 0;
        // A group that was tampered with has another length; what came of that, the laws have to find.
        if (actual.Length == linked.Count)
        {
            Agree(Words(linked), string.Join(", ", expected), string.Join(", ", actual.Select(result => result.Code)));
        }
    }

    private void Apply(IReadOnlyList<Wish> wishes)
    {
        foreach (var wish in wishes)
        {
            if (wish.Cancel is { } order)
            {
                wish.Book.Cancel(order);
            }
            else if (!wish.Book.Orders.ContainsKey(wish.Place!.Id))
            {
                wish.Book.Place(wish.Account, wish.Place);
            }
        }
    }

    /// <summary>The code with which an order must be refused; null when it must be placed, or was.</summary>
    private string? Expected(Guid account, BookMirror book, BookOrderRequest request)
    {
        var known = world.Books.Values.Select(one => (Book: one, Order: one.Orders.GetValueOrDefault(request.Id))).FirstOrDefault(found => found.Order is not null);
        if (known.Order is { } before)
        {
            return known.Book == book && before.Account == account && before.Request == request ? null : "order.exists_with_different_content";
        }

        return book.Needs(request) <= world.Mirror.Accounts[book.Holder(account, request.Side)].Available ? null
            : request.Side == "bid" ? "ledger.insufficient_funds" : "order.insufficient_lots";
    }

    private async Task<(BookOrder? Order, string? Code)> AskAsync(Wish wish)
    {
        try
        {
            return (wish.Cancel is { } order
                ? await world.Exchange.CancelAsync(wish.Account, wish.Book.Terms.Asset, order.Id, CancellationToken.None)
                : await world.Exchange.PlaceAsync(wish.Account, wish.Book.Terms.Asset, wish.Place!, CancellationToken.None), null);
        }
        catch (NeuroException refused)
        {
            world.Refused += IsLost(refused.Code) ? 0 : 1;
            return (null, refused.Code);
        }
    }

    private static bool IsLost(string code) => code is "ledger.unavailable" or "book.unavailable";

    private static async Task<bool> LostAsync(Task<TransferResult[]> answer)
    {
        try
        {
            await answer;
            return false;
        }
        catch (NeuroException lost) when (IsLost(lost.Code))
        {
            return true;
        }
    }

    private static async Task FirstLossAsync(IEnumerable<Task<(BookOrder? Order, string? Code)>> answers)
    {
        await foreach (var answer in Task.WhenEach(answers))
        {
            if ((await answer).Code is not null)
            {
                return;
            }
        }
    }
}
