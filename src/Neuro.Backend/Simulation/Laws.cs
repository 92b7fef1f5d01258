using System.Data.Common;
using Neuro.Backend.Exchange;
using Neuro.Backend.Ledger;
using Neuro.Backend.OrderBooks;

namespace Neuro.Backend.Simulation;

/// <summary>What must hold after every step: by itself, and compared with the models.</summary>
/// <remarks>A check reads all accounts, what is open and what is new, not what was closed long ago; <see cref="ProveAsync"/> reads everything.</remarks>
internal sealed class Laws(World world, DbConnection connection)
{
    private readonly Dictionary<string, (int Count, long Sequence)> tradesSeen = [];
    private readonly HashSet<Guid> makers = [];
    private readonly Dictionary<Guid, long> paid = [];
    private long transfersSeen;

    private sealed record AccountSeen(Guid Id, string Kind, string Asset, long DebitsPosted, long DebitsPending, long CreditsPosted, long CreditsPending);

    private sealed record HoldSeen(Guid Id, Guid Debit, Guid? Credit, long Amount, long Remaining);

    private sealed record OrderSeen(Guid Id, Guid Account, Side Side, OrderKind Kind, long Price, long Quantity, long Filled, OrderState State);

    /// <param name="settled">Whether everything that was asked for has been answered: then all that was verified is paid.</param>
    public async Task CheckAsync(bool settled = true)
    {
        var holds = (await ReadAsync("SELECT id, debit_account, credit_account, amount, remaining FROM holds WHERE remaining <> 0", Hold)).ToDictionary(hold => hold.Id);
        await CheckAccountsAsync(holds);
        CheckHolds(holds);
        foreach (var book in world.Books.Values)
        {
            await CheckBookAsync(book, holds);
        }

        world.HasFailed = false;
        await CheckTransfersAsync();
        if (settled)
        {
            CheckPay();
        }
    }

    /// <summary>The ledger's own proof, and every order and trade there ever was.</summary>
    public async Task ProveAsync()
    {
        var proof = await world.Ledger.AuditAsync(CancellationToken.None);
        Require(proof.Faults.Count == 0, () => $"the ledger's proof: {string.Join(" ", proof.Faults)}");
        var holds = (await ReadAsync("SELECT id, debit_account, credit_account, amount, remaining FROM holds", Hold)).ToDictionary(hold => hold.Id);
        Same("holds", world.Mirror.Holds.Count, holds.Count);
        foreach (var (id, hold) in world.Mirror.Holds)
        {
            Same($"what is left of hold {id}", hold.Remaining, holds.GetValueOrDefault(id)?.Remaining);
        }

        var filled = (await ReadAsync("SELECT id, sum(quantity) FROM (SELECT maker AS id, quantity FROM trades UNION ALL SELECT taker, quantity FROM trades) GROUP BY id", row => (Id: row.GetGuid(0), Lots: row.GetInt64(1))))
            .ToDictionary(order => order.Id, order => order.Lots);
        foreach (var book in world.Books.Values)
        {
            var orders = await OrdersAsync(book, "");
            Same($"orders of {book.Terms.Asset}", book.Orders.Count, orders.Count);
            foreach (var order in orders)
            {
                Same($"order {order.Id}", Of(book.Orders.GetValueOrDefault(order.Id)), order);
                Same($"what the trades of order {order.Id} add up to", order.Filled, filled.GetValueOrDefault(order.Id));
            }

            var trades = (await TradesAsync(book, 0)).Select(trade => trade.Deal);
            Same($"the trades of {book.Terms.Asset}", string.Join('\n', InOrder(book.Trades, true)), string.Join('\n', InOrder(trades, true)));
        }
    }

    private static HoldSeen Hold(DbDataReader row) => new(row.GetGuid(0), row.GetGuid(1), row.IsDBNull(2) ? null : row.GetGuid(2), row.GetInt64(3), row.GetInt64(4));

    private static OrderSeen? Of(BookMirror.Order? order) => order is null ? null : new(
        order.Id, order.Account, order.Side, order.Request.Kind switch { "limit" => OrderKind.Limit, "market" => OrderKind.Market, _ => OrderKind.ImmediateOrCancel },
        order.Price, order.Request.Quantity, order.Filled, order.State);

    private Task<List<OrderSeen>> OrdersAsync(BookMirror book, string which) => ReadAsync(
        $"SELECT id, account_id, side, kind, price, quantity, filled, state FROM book_orders WHERE asset = '{book.Terms.Asset}' {which} ORDER BY sequence",
        row => new OrderSeen(row.GetGuid(0), row.GetGuid(1), (Side)row.GetInt32(2), (OrderKind)row.GetInt32(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), (OrderState)row.GetInt32(7)));

    /// <summary>Sum zero, no negative balance, holds no more than the balance: each account's holds are what it has set aside.</summary>
    private async Task CheckAccountsAsync(Dictionary<Guid, HoldSeen> holds)
    {
        var accounts = await ReadAsync("SELECT id, kind, asset, debits_posted, debits_pending, credits_posted, credits_pending FROM accounts", row =>
            new AccountSeen(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6)));
        foreach (var asset in accounts.GroupBy(account => account.Asset))
        {
            Same($"the sum of all accounts of {asset.Key}", 0, asset.Sum(account => account.CreditsPosted - account.DebitsPosted));
        }

        var (leaving, coming) = (Sums(holds.Values, hold => hold.Debit), Sums(holds.Values.Where(hold => hold.Credit is not null), hold => hold.Credit!.Value));
        foreach (var account in accounts)
        {
            Require(account.Kind == "issuance" || account.DebitsPosted + account.DebitsPending <= account.CreditsPosted, () => $"less than nothing is left in {account}");
            Same($"what {account.Id} has set aside, and its open holds", account.DebitsPending, leaving.GetValueOrDefault(account.Id));
            Same($"what is set aside for {account.Id}, and the open holds for it", account.CreditsPending, coming.GetValueOrDefault(account.Id));
            Require(world.Mirror.Accounts.TryGetValue(account.Id, out var model), () => $"nobody opened {account}");
            Same($"account {account.Id} of {account.Asset}", account with { Asset = model!.Asset, DebitsPosted = model.DebitsPosted, DebitsPending = model.DebitsPending, CreditsPosted = model.CreditsPosted, CreditsPending = model.CreditsPending }, account);
        }

        Same("accounts", world.Mirror.Accounts.Count, accounts.Count);
    }

    private static Dictionary<Guid, long> Sums(IEnumerable<HoldSeen> holds, Func<HoldSeen, Guid> account) => holds.GroupBy(account).ToDictionary(group => group.Key, group => group.Sum(hold => hold.Remaining));

    private void CheckHolds(Dictionary<Guid, HoldSeen> holds)
    {
        foreach (var hold in holds.Values)
        {
            Require(hold.Remaining > 0 && hold.Remaining <= hold.Amount, () => $"{hold} has more than it began with, or less than nothing");
        }

        Same("open holds", world.Mirror.OpenHolds.Count, holds.Count);
        foreach (var (id, hold) in world.Mirror.OpenHolds)
        {
            Same($"what is left of hold {id}", hold.Remaining, holds.GetValueOrDefault(id)?.Remaining);
        }
    }

    /// <summary>Never crossed; of two orders at a price the later one untouched while the earlier one is open; filled + open = quantity; what is open is held.</summary>
    private async Task CheckBookAsync(BookMirror book, Dictionary<Guid, HoldSeen> holds)
    {
        var asset = book.Terms.Asset;
        var open = await OrdersAsync(book, "AND state = 1");
        var (bid, ask) = (open.Where(order => order.Side == Side.Bid).Max(order => (long?)order.Price), open.Where(order => order.Side == Side.Ask).Min(order => (long?)order.Price));
        Require(!(bid >= ask), () => $"the book of {asset} is crossed: {bid} ticks are bid and {ask} asked");
        foreach (var order in open)
        {
            var rest = order.Quantity - order.Filled;
            var needed = order.Side == Side.Ask ? rest : rest * order.Price * book.Terms.Tick.Nano;
            Require(rest > 0 && order.Filled >= 0 && order.Kind == OrderKind.Limit, () => $"{order} cannot be open");
            Require((holds.GetValueOrDefault(DerivedId.Of("book-order", order.Id))?.Remaining ?? 0) >= needed, () => $"less is held for {order} than the {needed} that it may still need");
        }

        Same($"the open orders of {asset}, the oldest first", string.Join('\n', book.Open.Select(Of)), string.Join('\n', open));
        await CheckTradesAsync(book);
        await CheckClosedAsync(book);
        CheckFirstInFirstOut(book, open);
        var depth = world.Exchange.Depth(asset, 50);
        Same($"the bids shown of {asset}", Levels(book, Side.Bid), string.Join(", ", depth.Bids.Select(level => (level.Price.Nano / book.Terms.Tick.Nano, level.Quantity, level.Orders))));
        Same($"the asks shown of {asset}", Levels(book, Side.Ask), string.Join(", ", depth.Asks.Select(level => (level.Price.Nano / book.Terms.Tick.Nano, level.Quantity, level.Orders))));
    }

    private static string Levels(BookMirror book, Side side)
    {
        var levels = book.Open.Where(order => order.Side == side).GroupBy(order => order.Price).Select(level => (level.Key, level.Sum(order => order.Rest), level.Count()));
        return string.Join(", ", side == Side.Bid ? levels.OrderByDescending(level => level.Key) : levels.OrderBy(level => level.Key));
    }

    /// <summary>An order that trades as it comes in may be filled in part before it rests; from then on only the oldest at its price is.</summary>
    private void CheckFirstInFirstOut(BookMirror book, List<OrderSeen> open)
    {
        foreach (var level in open.GroupBy(order => (order.Side, order.Price)))
        {
            foreach (var later in level.Skip(1))
            {
                Require(!makers.Contains(later.Id), () => $"{later} of {book.Terms.Asset} has traded before {level.First()}, which came earlier at the same price");
            }
        }
    }

    /// <summary>The new trades are those of the model, each between two orders that had not been cancelled.</summary>
    private async Task CheckTradesAsync(BookMirror book)
    {
        var (seen, last) = tradesSeen.GetValueOrDefault(book.Terms.Asset);
        var trades = await TradesAsync(book, last);
        var (expected, actual) = (InOrder(book.Trades.Skip(seen), world.HasFailed), InOrder(trades.Select(trade => trade.Deal), world.HasFailed));
        for (var i = 0; i < Math.Max(expected.Count, actual.Count); i++)
        {
            Same($"trade {seen + i + 1} of {book.Terms.Asset}", expected.ElementAtOrDefault(i), actual.ElementAtOrDefault(i));
        }

        makers.UnionWith(actual.Select(deal => deal.Maker));
        tradesSeen[book.Terms.Asset] = (seen + trades.Count, trades.Count > 0 ? trades[^1].Sequence : last);
    }

    private Task<List<(BookMirror.Deal Deal, long Sequence)>> TradesAsync(BookMirror book, long after) => ReadAsync(
        $"SELECT maker, taker, side, price, quantity, fee_nano, sequence FROM trades WHERE asset = '{book.Terms.Asset}' AND sequence > {after} ORDER BY sequence",
        row => (new BookMirror.Deal(row.GetGuid(0), row.GetGuid(1), (Side)row.GetInt32(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)), row.GetInt64(6)));

    private static List<BookMirror.Deal> InOrder(IEnumerable<BookMirror.Deal> deals, bool any) =>
        [.. any ? deals.OrderBy(deal => deal.Maker).ThenBy(deal => deal.Taker).ThenBy(deal => deal.Quantity) : deals];

    private async Task CheckClosedAsync(BookMirror book)
    {
        if (book.Closed.Count == 0)
        {
            return;
        }

        var ids = string.Join(", ", book.Closed.Select(order => $"'{order.Id.ToString().ToUpperInvariant()}'"));
        var closed = (await OrdersAsync(book, $"AND id IN ({ids})")).ToDictionary(order => order.Id);
        foreach (var order in book.Closed)
        {
            Same($"order {order.Id}", Of(order), closed.GetValueOrDefault(order.Id));
            makers.Remove(order.Id);
        }

        book.Closed.Clear();
    }

    /// <summary>Each new post out of a job's hold is the pay or the fee of a shard that was verified, to whom it is due.</summary>
    private async Task CheckTransfersAsync()
    {
        var transfers = await ReadAsync($"SELECT sequence, id, kind, credit_account, amount, hold_id FROM transfers WHERE sequence > {transfersSeen} ORDER BY sequence", row =>
            (Sequence: row.GetInt64(0), Id: row.GetGuid(1), Kind: (TransferKind)row.GetInt32(2), Credit: row.IsDBNull(3) ? Guid.Empty : row.GetGuid(3), Amount: row.GetInt64(4), Hold: row.IsDBNull(5) ? Guid.Empty : row.GetGuid(5)));
        foreach (var transfer in transfers)
        {
            Same("the number of a transfer", ++transfersSeen, transfer.Sequence);
            if (transfer.Kind == TransferKind.Post && world.Jobs.TryGetValue(transfer.Hold, out var job))
            {
                Require(job.Shards.Any(shard => IsDue(shard, transfer.Id, transfer.Credit, transfer.Amount)), () => $"post {transfer.Id} of {transfer.Amount} nano to {transfer.Credit} is for nothing that was verified");
                paid[job.Hold] = paid.GetValueOrDefault(job.Hold) + transfer.Amount;
            }
        }

        Same("transfers", world.Mirror.Transfers, transfersSeen);
    }

    private static bool IsDue(Shard shard, Guid id, Guid credit, long amount) =>
        shard.Verified is { } node && ((id, credit, amount) == (shard.PayId, node, shard.Pay.Nano) || (id, credit, amount) == (shard.FeeId, SystemAccounts.Fees, shard.Fee.Nano));

    private void CheckPay()
    {
        foreach (var job in world.OpenJobs)
        {
            Same($"what was paid out of job {job.Hold}, and what was verified", job.Shards.Where(shard => shard.Verified is not null).Sum(shard => shard.Pay.Nano + shard.Fee.Nano), paid.GetValueOrDefault(job.Hold));
        }

        // Of a job that is over, this was the last look.
        world.OpenJobs.RemoveAll(job => job.Closed);
    }

    private async Task<List<T>> ReadAsync<T>(string sql, Func<DbDataReader, T> read)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var rows = await command.ExecuteReaderAsync();
        var list = new List<T>();
        while (await rows.ReadAsync())
        {
            list.Add(read(rows));
        }

        return list;
    }

    private static void Same<T>(string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new LawBrokenException($"{what}: expected {expected}, but it is {actual}");
        }
    }

    private static void Require(bool holds, Func<string> otherwise)
    {
        if (!holds)
        {
            throw new LawBrokenException(otherwise());
        }
    }
}
