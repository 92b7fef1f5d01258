using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Ledger;
using Neuro.Backend.Storage;
using Neuro.Client.Api;
using Neuro.Client.Market;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Treasury;

/// <summary>Burns NTK of the house, by transfers back to where they were issued: what was bought back, and 30, 20 and 10 % of what circulates, after one, two and three years.</summary>
/// <remarks>
/// Circulating is what was issued, less what was burnt, less what the house has. What circulated at a date of the schedule follows from the transfers before it, so the answer is
/// the same whenever it is asked. A date is written down once, with its share; it is open until its burns add up to the share. Nothing is taken from users.
/// A burn's id follows from its purpose and its number there, and its row is committed with the transfer: neither a crash nor a clock that jumps back makes it twice.
/// </remarks>
internal sealed class Burns(Database database, Ledger.Ledger ledger, TreasurySettings settings, TimeProvider time)
{
    private const string Name = "burns";
    private const int MostListed = 100;

    /// <summary>Of what circulates, by year.</summary>
    private static readonly int[] Shares = [3000, 2000, 1000];

    private static readonly DateOnly Earliest = new(2020, 1, 1);
    private static readonly DateOnly Latest = new(2200, 1, 1);

    /// <summary>Switches the schedule on, or moves its start while none of its dates has come.</summary>
    /// <exception cref="NeuroException"><c>request.out_of_range</c>, <c>burns.begun</c>.</exception>
    public async Task<SupplyReport> SetAsync(BurnSchedule schedule, CancellationToken cancel)
    {
        Input.Range(schedule.Start, "start", Earliest, Latest);
        var before = await settings.ReadAsync<BurnSchedule>(Name, cancel);
        await using var db = database.CreateDbContext();
        if (before != schedule && await db.BurnDates.AnyAsync(cancel))
        {
            throw new NeuroException("burns.begun", $"The burn schedule began on {before!.Start:yyyy-MM-dd} and its first date is over; its start stays.") { Status = 409 };
        }

        await settings.WriteAsync(Name, schedule, cancel);
        return await ReportAsync(cancel);
    }

    public async Task<SupplyReport> ReportAsync(CancellationToken cancel)
    {
        var start = (await settings.ReadAsync<BurnSchedule>(Name, cancel))?.Start;
        await using var db = database.CreateDbContext();
        var sums = await db.Accounts.Where(row => row.Asset == SystemAccounts.Ntk && (row.Kind == "treasury" || row.Kind == "issuance"))
            .Select(row => new { row.Kind, Nano = row.CreditsPosted - row.DebitsPosted }).ToListAsync(cancel);
        var burnt = Ntk.Supply + new Ntk(sums.Where(row => row.Kind == "issuance").Sum(row => row.Nano));
        var reserve = new Ntk(sums.Where(row => row.Kind == "treasury").Sum(row => row.Nano));
        var dates = await db.BurnDates.AsNoTracking().ToDictionaryAsync(row => row.Year, cancel);
        var schedule = new List<ScheduledBurn>();
        for (var year = 1; start is not null && year <= Shares.Length; year++)
        {
            var date = dates.GetValueOrDefault(year);
            var done = date is null ? Ntk.Zero : new((await BurntAsync(db, Purpose(date), cancel)).Nano);
            var state = date is null ? "waiting" : done.Nano < date.ShareNano ? "open" : "done";
            schedule.Add(new(year, date?.Due ?? Due(start.Value, year), Shares[year - 1], state, date is null ? null : new Ntk(date.CirculatingNano), date is null ? null : new Ntk(date.ShareNano), done));
        }

        var burns = await db.Burns.AsNoTracking().OrderByDescending(row => row.At).ThenByDescending(row => row.Part).Take(MostListed).ToListAsync(cancel);
        return new(Ntk.Supply, burnt, reserve, Ntk.Supply - burnt - reserve, schedule, burns.ConvertAll(row => new Burn(row.Purpose, row.Part, new(row.AmountNano), row.At, row.TransferId)));
    }

    /// <summary>Does what is due: opens dates that have come, burns for those that are open, and then what else was bought back.</summary>
    public async Task StepAsync(CancellationToken cancel)
    {
        await OpenDatesAsync(cancel);
        await using var db = database.CreateDbContext();
        foreach (var date in await db.BurnDates.AsNoTracking().OrderBy(row => row.Year).ToListAsync(cancel))
        {
            foreach (var account in new[] { SystemAccounts.Treasury, SystemAccounts.Buyback })
            {
                // Read together: a step that saw an older sum makes the id of a burn that is already there.
                var (parts, burnt) = await BurntAsync(db, Purpose(date), cancel);
                var nano = Math.Min(date.ShareNano - burnt, await AvailableAsync(db, account, cancel));
                await BurnAsync(account, nano, Purpose(date), parts + 1, $"Burnt for year {date.Year} of the schedule", cancel);
            }
        }

        var period = await db.BuybackPeriods.MaxAsync(row => (int?)row.Number, cancel) ?? 0;
        var purpose = $"buyback/{period}";
        var (before, _) = await BurntAsync(db, purpose, cancel);
        await BurnAsync(SystemAccounts.Buyback, await AvailableAsync(db, SystemAccounts.Buyback, cancel), purpose, before + 1, $"Bought back in period {period} and burnt", cancel);
    }

    private static string Purpose(BurnDateRow date) => string.Create(CultureInfo.InvariantCulture, $"schedule/{date.Due:yyyy-MM-dd}");

    private static DateTimeOffset Due(DateOnly start, int year) => new(start.AddYears(year), TimeOnly.MinValue, TimeSpan.Zero);

    private async Task OpenDatesAsync(CancellationToken cancel)
    {
        if (await settings.ReadAsync<BurnSchedule>(Name, cancel) is not { Start: var start })
        {
            return;
        }

        await using var db = database.CreateDbContext();
        var known = await db.BurnDates.Select(row => row.Year).ToListAsync(cancel);
        for (var year = 1; year <= Shares.Length && Due(start, year) <= time.GetUtcNow(); year++)
        {
            if (!known.Contains(year))
            {
                var circulating = await CirculatingAsync(db, Due(start, year), cancel);
                var (due, share) = (Due(start, year).ToUnixTimeMilliseconds(), circulating.BasisPoints(Shares[year - 1]));
                await db.Database.ExecuteSqlAsync(
                    $"INSERT INTO burn_dates (year, due, circulating_nano, share_nano) VALUES ({year}, {due}, {circulating.Nano}, {share.Nano}) ON CONFLICT (year) DO NOTHING", cancel);
            }
        }
    }

    /// <summary>What was outside the house before an instant: everything that had left it, less what had come back.</summary>
    private static async Task<Ntk> CirculatingAsync(NeuroDb db, DateTimeOffset until, CancellationToken cancel)
    {
        var house = await db.Accounts.Where(row => row.Asset == SystemAccounts.Ntk && (row.Kind == "treasury" || row.Kind == "issuance")).Select(row => row.Id).ToListAsync(cancel);
        var moved = db.Transfers.AsNoTracking().Where(row => row.At < until && (row.Kind == (int)TransferKind.Transfer || row.Kind == (int)TransferKind.Post));
        var (left, back) = (Int128.Zero, Int128.Zero);
        await foreach (var amount in moved.Where(row => house.Contains(row.DebitAccount) && !house.Contains(row.CreditAccount!.Value)).Select(row => row.Amount).AsAsyncEnumerable().WithCancellation(cancel))
        {
            left += amount;
        }

        await foreach (var amount in moved.Where(row => !house.Contains(row.DebitAccount) && house.Contains(row.CreditAccount!.Value)).Select(row => row.Amount).AsAsyncEnumerable().WithCancellation(cancel))
        {
            back += amount;
        }

        return new((long)(left - back));
    }

    private async Task BurnAsync(Guid account, long nano, string purpose, int part, string reference, CancellationToken cancel)
    {
        if (nano <= 0)
        {
            return;
        }

        var (id, now) = (DerivedId.Of($"burn/{purpose}/{part}"), time.GetUtcNow().ToUnixTimeMilliseconds());
        var transfer = TransferRequest.Transfer(id, account, SystemAccounts.Issuance, new Ntk(nano), reference);
        await ledger.SubmitAsync(
            [transfer],
            transaction => transaction.ExecuteAsync($"INSERT INTO burns (purpose, part, transfer_id, amount_nano, at) VALUES ({purpose}, {part}, {id}, {nano}, {now})"),
            cancel);
        // A refusal: it was burnt meanwhile by another step, or spent. The next step sees what is left.
    }

    private static async Task<(int Parts, long Nano)> BurntAsync(NeuroDb db, string purpose, CancellationToken cancel) =>
        await db.Burns.Where(row => row.Purpose == purpose).GroupBy(row => row.Purpose).Select(burns => new { Parts = burns.Count(), Nano = burns.Sum(row => row.AmountNano) }).SingleOrDefaultAsync(cancel) is { } sum
            ? (sum.Parts, sum.Nano)
            : default;

    private static Task<long> AvailableAsync(NeuroDb db, Guid account, CancellationToken cancel) =>
        db.Accounts.Where(row => row.Id == account).Select(row => row.CreditsPosted - row.DebitsPosted - row.DebitsPending).SingleAsync(cancel);
}
