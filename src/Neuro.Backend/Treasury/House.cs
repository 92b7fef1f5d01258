using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Treasury;

/// <summary>The accounts of the house: the treasury, and what it has given the market maker and the buyback programme. Each can spend no more than it was given.</summary>
internal sealed class House(Database database, Ledger.Ledger ledger, Exchange.Exchange exchange)
{
    private const string Kind = "treasury";
    private const string BuybackName = "buyback";
    private const int LongestReference = 150;

    private static readonly (string Name, Guid Id)[] Names = [("treasury", SystemAccounts.Treasury), ("market-maker", SystemAccounts.MarketMaker), (BuybackName, SystemAccounts.Buyback)];

    /// <summary>Opens its accounts; does nothing when they are there.</summary>
    public async Task OpenAsync(CancellationToken cancel)
    {
        foreach (var (name, id) in Names)
        {
            await ledger.OpenAccountAsync(id, Kind, name, cancel);
        }
    }

    public async Task<IReadOnlyList<HouseAccount>> AccountsAsync(CancellationToken cancel)
    {
        var accounts = new List<HouseAccount>();
        foreach (var (name, id) in Names)
        {
            accounts.Add(new(name, id, await NtkAsync(id, cancel), await exchange.HoldingsAsync(id, cancel)));
        }

        return accounts;
    }

    /// <summary>Cash of everybody, in cents: what was paid in, less what was paid out.</summary>
    public async Task<long> CashAsync(CancellationToken cancel)
    {
        var issuance = SystemAccounts.IssuanceOf(SystemAccounts.Cash);
        await using var db = database.CreateDbContext();
        return await db.Accounts.Where(row => row.Id == issuance).Select(row => row.DebitsPosted - row.CreditsPosted).SingleAsync(cancel);
    }

    /// <summary>NTK of an account, in orders or not.</summary>
    public async Task<Ntk> NtkAsync(Guid account, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return new(await db.Accounts.Where(row => row.Id == account).Select(row => row.CreditsPosted - row.DebitsPosted).SingleAsync(cancel));
    }

    /// <summary>Moves money between accounts of the house, once.</summary>
    /// <exception cref="NeuroException">
    /// <c>treasury.unknown_account</c>, <c>treasury.bad_amount</c>, <c>treasury.buyback_burns</c>, <c>treasury.insufficient</c>, <c>treasury.exists_with_different_content</c>, <c>book.not_found</c>.
    /// </exception>
    public async Task MoveAsync(TreasuryTransfer transfer, CancellationToken cancel)
    {
        Input.Id(transfer.Id, "id");
        Input.Text(transfer.Reference, "reference", 1, LongestReference);
        var (from, to) = (Find(transfer.From, "from"), Find(transfer.To, "to"));
        var (asset, amount) = transfer switch
        {
            { Ntk: { Nano: > 0 } ntk, Asset: null, Lots: null } => (SystemAccounts.Ntk, ntk),
            { Ntk: null, Asset: { } name, Lots: { } lots and > 0 } => (exchange.BookOf(name).Asset, new Ntk(lots)),
            _ => throw new NeuroException("treasury.bad_amount", "A transfer moves ntk above 0, or an asset and lots above 0, and not both."),
        };
        if (from == to)
        {
            throw new NeuroException("treasury.bad_amount", $"from and to are both {transfer.From}; name two accounts.");
        }

        if (asset == SystemAccounts.Ntk && to == SystemAccounts.Buyback)
        {
            throw new NeuroException("treasury.buyback_burns", "What the buyback programme has in NTK is burnt, so it is given cash only. Move lots of CASH.") { Status = 409 };
        }

        await exchange.OpenHoldingAsync(from, asset, cancel);
        await exchange.OpenHoldingAsync(to, asset, cancel);
        var request = TransferRequest.Transfer(
            DerivedId.Of("house", transfer.Id), SystemAccounts.HoldingOf(from, asset), SystemAccounts.HoldingOf(to, asset), amount, Words.Clip(transfer.Reference, LongestReference));
        var result = await ledger.SubmitAsync(request, cancel);
        if (result.Code == TransferCode.InsufficientFunds)
        {
            var (has, unit) = asset == SystemAccounts.Ntk ? (result.Limit.ToString(), "NTK") : ($"{result.Limit.Nano}", $"lots of {asset}");
            throw new NeuroException("treasury.insufficient", $"{transfer.From} has {has} {unit} that are in no order. Move less, or switch off what holds them.") { Status = 409 };
        }

        if (result.Code.ToString().StartsWith("ExistsWithDifferent", StringComparison.Ordinal))
        {
            throw new NeuroException("treasury.exists_with_different_content", $"The id {transfer.Id} was used before for another transfer. Use a new id for a new transfer.") { Status = 409 };
        }

        result.ThrowIfRefused("the transfer");
    }

    private static Guid Find(string name, string field) => Array.Find(Names, entry => entry.Name == name) is { Name: not null } found
        ? found.Id
        : throw new NeuroException("treasury.unknown_account", $"{field} is '{Words.Clip(name ?? "", 40)}'; expected {string.Join(", ", Names.Select(entry => entry.Name))}.");
}
