using System.Data.Common;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Simulation;

/// <summary>What is tested, what it should be, and the switches that make its database fail.</summary>
internal sealed class World : IAsyncDisposable
{
    private readonly DbConnection switches;

    private World(Database database, DbConnection switches, Sabotage sabotage)
    {
        (Database, this.switches, Sabotage) = (database, switches, sabotage);
        Mirror = new(Clock);
        Books = Cast.Books.ToDictionary(terms => terms.Asset, terms => new BookMirror(terms, Mirror));
        Laws = new(this, switches);
        Ledger = new(database, Clock);
        Exchange = new(database, Ledger, new(database, Clock), Clock);
    }

    public Database Database { get; }

    public Clock Clock { get; } = new();

    public Ledger.Ledger Ledger { get; private set; }

    public Exchange.Exchange Exchange { get; private set; }

    public Sabotage Sabotage { get; }

    public LedgerMirror Mirror { get; }

    public IReadOnlyDictionary<string, BookMirror> Books { get; }

    /// <summary>By the hold that pays for them.</summary>
    public Dictionary<Guid, Job> Jobs { get; } = [];

    /// <summary>Those that may still be paid for.</summary>
    public List<Job> OpenJobs { get; } = [];

    public Laws Laws { get; }

    /// <summary>Whether the database has failed since the laws were last checked: trades that do not concern each other may then be made in another order.</summary>
    public bool HasFailed { get; set; }

    public int Crashes { get; private set; }

    public int Refused { get; set; }

    /// <summary>A platform's books over a new database, with all accounts open and some money and lots in them.</summary>
    public static async Task<World> OpenAsync(string file, Sabotage sabotage, Draws draws)
    {
        var database = Database.Sqlite(file, durable: false);
        await database.MigrateAsync(CancellationToken.None);
        var world = new World(database, await database.OpenAsync(CancellationToken.None), sabotage);
        await world.PrepareAsync();
        await world.PopulateAsync(draws);
        return world;
    }

    /// <summary>From the transfer after this one on, none is taken.</summary>
    public Task CutAfterAsync(long transfers) => ExecuteAsync($"UPDATE simulation_faults SET last_transfer = {transfers}");

    /// <summary>Whether trades can be written down.</summary>
    public Task RefuseTradesAsync(bool refuse) => ExecuteAsync($"UPDATE simulation_faults SET refuse_trades = {(refuse ? 1 : 0)}");

    /// <summary>The database answers again.</summary>
    public Task MendAsync() => ExecuteAsync("UPDATE simulation_faults SET last_transfer = 9223372036854775807, refuse_trades = 0");

    /// <summary>Lets what runs come to its end, which after a cut is an error for all that was not durable, and starts again from what is in the database.</summary>
    public async Task RestartAsync(bool crashed)
    {
        await Exchange.DisposeAsync();
        await Ledger.DisposeAsync();
        await MendAsync();
        Ledger = new(Database, Clock);
        Exchange = new(Database, Ledger, new(Database, Clock), Clock);
        await Ledger.OpenBooksAsync(CancellationToken.None);
        await Exchange.SyncAsync(CancellationToken.None);
        Crashes += crashed ? 1 : 0;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = switches.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Exchange.DisposeAsync();
        await Ledger.DisposeAsync();
        await switches.DisposeAsync();
        await Database.DisposeAsync();
    }

    private async Task PrepareAsync()
    {
        // What is open is found without reading what is closed, so that a step costs the same however long the run is.
        await ExecuteAsync(
            """
            CREATE INDEX simulation_open_holds ON holds (id) WHERE remaining <> 0;
            CREATE TABLE simulation_faults (last_transfer INTEGER NOT NULL, refuse_trades INTEGER NOT NULL);
            INSERT INTO simulation_faults VALUES (9223372036854775807, 0);
            CREATE TRIGGER simulation_cut BEFORE INSERT ON transfers WHEN NEW.sequence > (SELECT last_transfer FROM simulation_faults)
            BEGIN SELECT RAISE(ABORT, 'simulated crash'); END;
            CREATE TRIGGER simulation_trades BEFORE INSERT ON trades WHEN (SELECT refuse_trades FROM simulation_faults)
            BEGIN SELECT RAISE(ABORT, 'simulated fault'); END;
            """);
        await Ledger.OpenBooksAsync(CancellationToken.None);
        Mirror.Open(SystemAccounts.Issuance, SystemAccounts.Ntk, mayOverdraw: true);
        Mirror.Open(SystemAccounts.Treasury, SystemAccounts.Ntk);
        Mirror.Open(SystemAccounts.Fees, SystemAccounts.Ntk);
        Mirror.Apply([TransferRequest.Transfer(DerivedId.Of("genesis"), SystemAccounts.Issuance, SystemAccounts.Treasury, Ntk.Supply, "The whole supply")]);
        foreach (var account in Cast.Everyone)
        {
            await Ledger.OpenAccountAsync(account, Cast.Nodes.Contains(account) ? "node" : "customer", "simulated", CancellationToken.None);
            Mirror.Open(account, SystemAccounts.Ntk);
        }

        foreach (var terms in Cast.Books)
        {
            await Exchange.OpenBookAsync(terms.Asset, terms.Title, terms.Tick, terms.Fee, CancellationToken.None);
            Mirror.Open(SystemAccounts.IssuanceOf(terms.Asset), terms.Asset, mayOverdraw: true);
        }
    }

    private async Task PopulateAsync(Draws draws)
    {
        var dealings = new Dealings(this);
        foreach (var account in Cast.Everyone)
        {
            var start = new Ntk(draws.Between(1000, 5000) * Ntk.NanoPerNtk);
            await dealings.SubmitAsync(TransferRequest.Transfer(draws.Id(), SystemAccounts.Treasury, account, start, "Start"));
            foreach (var terms in Cast.Books)
            {
                // Everyone, so that in a step no account is opened beside orders that are on their way: their order stays what the seed says.
                await dealings.IssueAsync(draws.Id(), account, terms, draws.Between(1, 100));
            }
        }
    }
}
