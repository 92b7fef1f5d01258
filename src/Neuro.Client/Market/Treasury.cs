using Neuro.Client.Tokens;

namespace Neuro.Client.Market;

/// <summary>Cash that an operator has received for an account, or paid out to its owner.</summary>
/// <param name="Id">Made by the caller: sent twice, it is booked once.</param>
/// <param name="Cents">Of the platform's currency, at least 1.</param>
/// <param name="Reference">What a bank statement says of it, 1 to 150 characters.</param>
public sealed record CashOrder(Guid Id, Guid Account, long Cents, string Reference);

/// <summary>Moves what belongs to the house between its accounts.</summary>
/// <param name="Id">Made by the caller: sent twice, it moves once.</param>
/// <param name="From"><c>treasury</c>, <c>market-maker</c> or <c>buyback</c>.</param>
/// <param name="To">Another of these.</param>
/// <param name="Ntk">How much NTK; null when lots of an asset are moved.</param>
/// <param name="Asset">Whose lots are moved; null for NTK.</param>
/// <param name="Lots">How many; null for NTK.</param>
/// <param name="Reference">What for, 1 to 150 characters.</param>
public sealed record TreasuryTransfer(Guid Id, string From, string To, string Reference, Ntk? Ntk = null, string? Asset = null, long? Lots = null);

/// <summary>What the house has, and what it does with it.</summary>
/// <param name="CashCents">Cash of everybody that was paid in and not paid out: what has to be in the bank.</param>
public sealed record TreasuryReport(IReadOnlyList<HouseAccount> Accounts, long CashCents, MarketMakerReport MarketMaker, BuybackReport Buyback);

/// <summary>An account of the house.</summary>
/// <param name="Ntk">What it has, held in orders or not.</param>
public sealed record HouseAccount(string Name, Guid Id, Ntk Ntk, IReadOnlyList<Holding> Holdings);

/// <summary>How the market maker quotes. No books: it is off.</summary>
/// <param name="LeastNtk">No bid is placed that could take its NTK below this.</param>
/// <param name="MostNtk">No ask is placed that could take its NTK above this.</param>
public sealed record MarketMakerSettings(IReadOnlyList<MakerBook> Books, Ntk LeastNtk, Ntk MostNtk);

/// <summary>How it quotes one book.</summary>
/// <param name="Reference">What it takes a lot to be worth.</param>
/// <param name="SpreadBasisPoints">From its bid to its ask, of the reference: 1 to 5000. With its inventory at a limit both have moved by one spread.</param>
/// <param name="Size">Lots it offers to buy and to sell.</param>
/// <param name="LeastLots">No ask is placed that could take its lots below this.</param>
/// <param name="MostLots">No bid is placed that could take its lots above this.</param>
public sealed record MakerBook(string Asset, Ntk Reference, int SpreadBasisPoints, long Size, long LeastLots, long MostLots);

/// <summary>The market maker as it stands.</summary>
public sealed record MarketMakerReport(MarketMakerSettings Settings, IReadOnlyList<BookOrder> Orders);

/// <summary>How NTK are bought back for cash, and burnt.</summary>
/// <param name="BudgetCents">The most that is spent in a period; 0: it is off.</param>
/// <param name="PeriodDays">1 to 366; of a period that has begun it stays.</param>
/// <param name="LeastPrice">The least NTK that it takes for a cent, on the tick of the cash unit's book.</param>
public sealed record BuybackSettings(long BudgetCents, int PeriodDays = 30, Ntk? LeastPrice = null);

/// <summary>The buyback programme as it stands.</summary>
/// <param name="Period">Number of the period; 0 before the first.</param>
/// <param name="SpentCents">In this period.</param>
public sealed record BuybackReport(BuybackSettings Settings, int Period, DateTimeOffset? Until, long SpentCents, BookOrder? Order);

/// <summary>Switches the burn schedule on.</summary>
/// <param name="Start">From when its years are counted, in UTC. It stays once the first year is over.</param>
public sealed record BurnSchedule(DateOnly Start);

/// <summary>All NTK there are, and where they are.</summary>
/// <param name="Issued">The whole supply, once.</param>
/// <param name="Reserve">What the house has: treasury, market maker, buyback.</param>
/// <param name="Circulating">Issued less burnt less reserve.</param>
/// <param name="Schedule">Empty while no start is set.</param>
/// <param name="Burns">The newest first, at most 100.</param>
public sealed record SupplyReport(Ntk Issued, Ntk Burnt, Ntk Reserve, Ntk Circulating, IReadOnlyList<ScheduledBurn> Schedule, IReadOnlyList<Burn> Burns);

/// <summary>A date of the burn schedule.</summary>
/// <param name="ShareBasisPoints">Of what circulates at that instant.</param>
/// <param name="State"><c>waiting</c>, <c>open</c> while the house has too little to burn, or <c>done</c>.</param>
/// <param name="Circulating">At that instant; null while it lies ahead.</param>
/// <param name="Share">What is to be burnt; null while the date lies ahead.</param>
public sealed record ScheduledBurn(int Year, DateTimeOffset Due, int ShareBasisPoints, string State, Ntk? Circulating, Ntk? Share, Ntk Burnt);

/// <summary>NTK that no longer are.</summary>
/// <param name="Purpose"><c>schedule/</c> and its date, or <c>buyback/</c> and the number of its period.</param>
/// <param name="TransferId">In the ledger: from an account of the house back to the issuance.</param>
public sealed record Burn(string Purpose, int Part, Ntk Amount, DateTimeOffset At, Guid TransferId);
