using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Cluster;
using Neuro.Backend.Jobs;
using Neuro.Backend.Ledger;
using Neuro.Backend.OrderBooks;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Exchange;

/// <summary>One order book with its sequencer: commands take their turn once their hold is durable, and answer once what they did is.</summary>
/// <remarks>
/// Holds of queued orders and trades of earlier ones are committed together (group commit) while the next command is matched; the ledger takes both in order, which keeps time priority.
/// A part of a match that builds on one that was not committed is refused by the database, so nothing has to wait for anything.
/// An order whose hold is durable and whose trades are not (the process died in between) is matched at the next start, in its turn: the open orders replayed by their
/// sequence make the same book. The same happens when the database fails in the middle.
/// </remarks>
internal sealed class LiveBook : IAsyncDisposable
{
    private const int QueueLength = 4096;
    private const int DepthLevels = 50;

    private readonly BookRow row;
    private readonly long epoch;
    private readonly Database database;
    private readonly Ledger.Ledger ledger;
    private readonly TimeProvider time;
    private readonly Channel<Command> queue = Channel.CreateUnbounded<Command>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock sequencing = new();
    private readonly Dictionary<Guid, long> owners = [];
    private readonly Dictionary<long, LiveOrder> orders = [];
    private readonly Dictionary<Guid, long> sequences = [];
    private readonly List<MatchEvent> events = [];
    private OrderBook book = new();
    private Depth depth = new([], []);
    private List<Task> settling = [];
    private Task worker = Task.CompletedTask;
    private long sequence;
    private long restored;
    private int waiting;
    private volatile bool broken;

    private LiveBook(BookRow row, long epoch, Database database, Ledger.Ledger ledger, TimeProvider time) => (this.row, this.epoch, this.database, this.ledger, this.time) = (row, epoch, database, ledger, time);

    /// <param name="Order">To let in; null when one is to be taken back.</param>
    /// <param name="Closing">To take back, and whose it is.</param>
    private sealed record Command(LiveOrder? Order, (Guid Id, Guid Account) Closing, Task<TransferResult[]> Hold)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public BookRow Row => row;

    /// <summary>Pulses when trades or depth have changed.</summary>
    public Signal Changed { get; } = new();

    /// <summary>The best prices as of the last command.</summary>
    public Depth Depth => Volatile.Read(ref depth);

    /// <summary>A book with the orders that are open in the database; what was left to match is matched first.</summary>
    /// <param name="epoch">Of the lease under which it matches; 0 where there is only one process.</param>
    public static async Task<LiveBook> OpenAsync(BookRow row, long epoch, Database database, Ledger.Ledger ledger, TimeProvider time, CancellationToken cancel)
    {
        var live = new LiveBook(row, epoch, database, ledger, time);
        await using (var db = database.CreateDbContext())
        {
            live.sequence = await db.BookOrders.Where(order => order.Asset == row.Asset).MaxAsync(order => (long?)order.Sequence, cancel) ?? 0;
        }

        await live.RestoreAsync();
        live.worker = Task.Run(live.WorkAsync, CancellationToken.None);
        return live;
    }

    /// <summary>Holds what an order may cost and lets it in; returns when that is durable.</summary>
    /// <param name="placed">The order; gets its sequence here.</param>
    /// <param name="hold">Nano of a bid, lots of an ask.</param>
    /// <exception cref="NeuroException">Why the hold was refused; <c>book.busy</c>; <c>book.unavailable</c>.</exception>
    public async Task PlaceAsync(BookOrderRow placed, long hold, CancellationToken cancel)
    {
        Enter();
        Command command;
        lock (sequencing)
        {
            placed.Sequence = sequence + 1;
            var order = Live(placed, hold);
            var holder = order.Side == Side.Bid ? order.Account : SystemAccounts.HoldingOf(order.Account, row.Asset);
            var request = TransferRequest.Hold(order.HoldId, holder, null, new Ntk(hold), null, order.Words);
            command = new(order, default, Submit(request, placed));
            sequence++;
            queue.Writer.TryWrite(command);
        }

        await command.Done.Task.WaitAsync(cancel);
    }

    /// <summary>Takes an order of an account back, in its turn after all that came before; nothing when there is none that is open.</summary>
    public async Task CancelAsync(Guid account, Guid id, CancellationToken cancel)
    {
        Enter();
        var command = new Command(null, (id, account), Task.FromResult<TransferResult[]>([]));
        queue.Writer.TryWrite(command);
        await command.Done.Task.WaitAsync(cancel);
    }

    /// <summary>Finishes what is queued.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await worker;
    }

    private void Enter()
    {
        if (Interlocked.Increment(ref waiting) > QueueLength)
        {
            Interlocked.Decrement(ref waiting);
            throw new NeuroException("book.busy", $"The order book of {row.Asset} has more orders waiting than it takes; nothing was done. Send the same request again in a second.") { Status = 503 };
        }
    }

    /// <summary>Leaves again when the ledger has no room: such an order never comes through the queue.</summary>
    private Task<TransferResult[]> Submit(TransferRequest request, BookOrderRow placed)
    {
        try
        {
            return ledger.SubmitAsync([request], [Insert(placed)], CancellationToken.None);
        }
        catch
        {
            Interlocked.Decrement(ref waiting);
            throw;
        }
    }

    private async Task WorkAsync()
    {
        await foreach (var command in queue.Reader.ReadAllAsync())
        {
            try
            {
                var held = await command.Hold;
                held.ThrowIfRefused("the order");
                if (broken)
                {
                    await Task.WhenAll(settling);
                    await RestoreAsync();
                }

                // A hold that was there before is an order that was let in before; so is one that waited here while the book was made again with it.
                var known = held is [{ Code: TransferCode.Exists }] || command.Order?.Sequence <= restored;
                Settle(known ? NewClearing() : Apply(command), command.Done);
            }
            catch (Exception failure)
            {
                // A refused hold leaves the book as it was; anything else means that the book must be made again from the database.
                broken |= failure is not NeuroException { Status: < 500 };
                command.Done.TrySetException(failure is NeuroException ? failure : Unavailable(failure));
            }
            finally
            {
                Interlocked.Decrement(ref waiting);
            }
        }

        await Task.WhenAll(settling);
    }

    /// <summary>Makes the book from what is committed, and commits what then trades.</summary>
    private async Task RestoreAsync()
    {
        (book, broken) = (new OrderBook(), true);
        orders.Clear();
        sequences.Clear();
        settling = [];
        await using var db = database.CreateDbContext();
        // Holds become durable in the order of their sequence: what has a later one comes through the queue.
        restored = await db.BookOrders.Where(order => order.Asset == row.Asset).MaxAsync(order => (long?)order.Sequence) ?? 0;
        var open = await db.BookOrders.AsNoTracking().Where(order => order.Asset == row.Asset && order.State == (int)OrderState.Open && order.Sequence <= restored).OrderBy(order => order.Sequence).ToListAsync();
        var holdIds = open.ConvertAll(placed => LiveOrder.HoldOf(placed.Id));
        var holds = await db.Holds.Where(hold => holdIds.Contains(hold.Id)).ToDictionaryAsync(hold => hold.Id, hold => hold.Remaining);
        foreach (var placed in open)
        {
            var order = Live(placed, holds[LiveOrder.HoldOf(placed.Id)]);
            order.Filled = placed.Filled;
            foreach (var part in LetIn(order).Parts)
            {
                Check(await ledger.SubmitAsync(part.Transfers, part.Rows, CancellationToken.None));
            }
        }

        broken = false;
        Volatile.Write(ref depth, book.Depth(DepthLevels));
        Changed.Pulse();
    }

    private Clearing Apply(Command command)
    {
        if (command.Order is { } order)
        {
            return LetIn(order);
        }

        var clearing = NewClearing();
        if (sequences.TryGetValue(command.Closing.Id, out var place) && orders[place] is var closing && closing.Account == command.Closing.Account)
        {
            Forget(closing);
            book.Cancel(closing.Sequence, Owner(closing.Account));
            clearing.Close(closing);
        }

        return clearing;
    }

    private Clearing LetIn(LiveOrder order)
    {
        var clearing = NewClearing();
        orders.Add(order.Sequence, order);
        sequences.Add(order.Id, order.Sequence);
        events.Clear();
        var cap = order is { Kind: OrderKind.Market, Side: Side.Bid } ? order.Held / row.TickNano : (long?)null;
        var outcome = book.Place(order.Sequence, Owner(order.Account), order.Side, order.Kind, order.Price, order.Quantity - order.Filled, events, cap);
        foreach (var happened in events)
        {
            var maker = orders[happened.MakerId];
            if (happened.Kind == MatchKind.Fill)
            {
                clearing.Trade(maker, order, happened.Price, happened.Quantity);
            }

            if (happened.MakerRemaining == 0)
            {
                Forget(maker);
                clearing.Close(maker);
            }
        }

        if (outcome.Rested == 0)
        {
            Forget(order);
            clearing.Close(order);
        }

        return clearing;
    }

    private void Forget(LiveOrder order)
    {
        orders.Remove(order.Sequence);
        sequences.Remove(order.Id);
    }

    private void Settle(Clearing clearing, TaskCompletionSource done)
    {
        Volatile.Write(ref depth, book.Depth(DepthLevels));
        var parts = clearing.Parts.Select(part => ledger.SubmitAsync(part.Transfers, part.Rows, CancellationToken.None)).ToList();
        settling.RemoveAll(task => task.IsCompleted);
        // What changed nothing was done before, and perhaps just now: it answers when that is durable.
        settling.Add(FinishAsync(parts, parts.Count == 0 ? Task.WhenAll(settling) : Task.CompletedTask, done));
    }

    private async Task FinishAsync(List<Task<TransferResult[]>> parts, Task before, TaskCompletionSource done)
    {
        try
        {
            await before;
            foreach (var results in await Task.WhenAll(parts))
            {
                Check(results);
            }

            done.TrySetResult();
        }
        catch (Exception failure)
        {
            broken = true;
            done.TrySetException(Unavailable(failure));
        }

        Changed.Pulse();
    }

    private Clearing NewClearing() => new(row.Asset, row.TickNano, row.FeeBasisPoints, time.GetUtcNow());

    private long Owner(Guid account)
    {
        if (!owners.TryGetValue(account, out var owner))
        {
            owners.Add(account, owner = owners.Count + 1);
        }

        return owner;
    }

    private static LiveOrder Live(BookOrderRow placed, long held) => new()
    {
        Id = placed.Id,
        Sequence = placed.Sequence,
        Account = placed.AccountId,
        Side = (Side)placed.Side,
        Kind = (OrderKind)placed.Kind,
        Price = placed.Price,
        Quantity = placed.Quantity,
        Held = held,
    };

    // Two replicas must not give out the same place in time, so it counts under whose lease; who would take that meanwhile waits for the commit. Trades need no fence: they say what their orders were before.
    private FormattableString Insert(BookOrderRow placed) => epoch == 0
        ? $"""
           INSERT INTO book_orders (id, sequence, asset, account_id, side, kind, price, quantity, filled, state, created_at)
           VALUES ({placed.Id}, {placed.Sequence}, {placed.Asset}, {placed.AccountId}, {placed.Side}, {placed.Kind}, {placed.Price}, {placed.Quantity}, {placed.Filled}, {placed.State}, {placed.CreatedAt.ToUnixTimeMilliseconds()})
           """
        : (FormattableString)$"""
           INSERT INTO book_orders (id, sequence, asset, account_id, side, kind, price, quantity, filled, state, created_at)
           SELECT {placed.Id}, {placed.Sequence}, {placed.Asset}, {placed.AccountId}, {placed.Side}, {placed.Kind}, {placed.Price}, {placed.Quantity}, {placed.Filled}, {placed.State}, {placed.CreatedAt.ToUnixTimeMilliseconds()}
           FROM (SELECT epoch FROM leases WHERE name = {Exchange.Lease} FOR SHARE) AS lease WHERE lease.epoch = {epoch}
           """;

    // Its holds were made for it: where one is used up, another replica has matched meanwhile, and this book is not what is true.
    private void Check(TransferResult[] trade)
    {
        try
        {
            trade.ThrowIfRefused("the trade");
        }
        catch (NeuroException refused)
        {
            throw Unavailable(new InvalidOperationException(refused.Message, refused));
        }
    }

    private NeuroException Unavailable(Exception cause) => cause as NeuroException ?? new NeuroException(
        "book.unavailable", $"The order book of {row.Asset} could not write what it did ({cause.Message.TrimEnd('.')}). Ask for the order again later: it is placed at most once, and matched when the database answers.", cause) { Status = 503 };
}
