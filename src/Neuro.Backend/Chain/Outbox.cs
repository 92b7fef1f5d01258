using System.Globalization;
using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Neuro.Backend.Storage;
using Neuro.Chain.Contracts;
using Neuro.Chain.Rpc;
using Neuro.Chain.Signing;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Backend.Chain;

/// <summary>Says to the vault what is to be said: each thing once, whatever happens in between.</summary>
/// <remarks>
/// A transaction is written down before it is sent, so that a crash leaves none that nobody knows of. All versions of it are watched. It is sent again until it is in
/// a block, with a higher fee when that takes long, and it is over when its block is final. Nothing else gets a nonce until all that have one are in a block.
/// Before a second nonce is spent on the same thing the vault is asked whether it has heard it;
/// and hearing the same batch, payment or epoch twice it does nothing the second time.
/// </remarks>
internal sealed class Outbox(Database database, ChainLink link, TimeProvider time)
{
    private const int MostOpen = 64;
    private const long MostGas = 1 << 24; // Of a transaction: EIP-7825.
    private const int GasMarginPercent = 20;

    // Nodes take the place of a waiting transaction only for a tenth more of both fees; an eighth is what the base fee can rise in a block.
    private const int BumpDivisor = 8;

    /// <summary>Why the oldest thing waits; null when nothing does.</summary>
    public string? Waiting { get; private set; }

    public async Task StepAsync(Heads heads, CancellationToken cancel)
    {
        var open = await OpenAsync(cancel);
        foreach (var item in open.Where(item => item.Versions.Count > 0 || item.Row.State == (int)OutboxState.Included))
        {
            await LookAsync(item, heads, cancel);
        }

        var signed = open.Where(item => item.Row.State == (int)OutboxState.Signed).OrderBy(item => item.Row.Nonce).ToList();
        foreach (var item in signed)
        {
            await PressAsync(item, cancel);
        }

        if (open.TrueForAll(item => item.Row.State != (int)OutboxState.Signed))
        {
            await BeginAsync(open, heads, cancel);
        }

        Waiting = open.FirstOrDefault(item => item.Row.State is (int)OutboxState.Made or (int)OutboxState.Signed)?.Row.Reason;
    }

    private sealed record Item(OutboxRow Row, List<SentRow> Versions);

    private async Task<List<Item>> OpenAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var rows = await db.Outbox.AsNoTracking().Where(row => row.State < (int)OutboxState.Done)
            .OrderBy(row => row.CreatedAt).ThenBy(row => row.Id).Take(MostOpen).ToListAsync(cancel);
        var ids = rows.ConvertAll(row => row.Id);
        var sent = (await db.Sent.AsNoTracking().Where(row => ids.Contains(row.OutboxId)).OrderBy(row => row.Version).ToListAsync(cancel)).ToLookup(row => row.OutboxId);
        return rows.ConvertAll(row => new Item(row, [.. sent[row.Id]]));
    }

    // What has become of its versions, whichever of them.
    private async Task LookAsync(Item item, Heads heads, CancellationToken cancel)
    {
        var receipts = await link.Ethereum.ReceiptsAsync([.. item.Versions.Select(version => Hash32.Parse(version.Hash))], cancel);
        if (receipts.FirstOrDefault(receipt => receipt is { Succeeded: true }) is { } done)
        {
            var final = done.BlockNumber <= heads.Finalized.Number && (await link.Ethereum.BlockAsync(BlockRef.Of(done.BlockNumber), cancel))?.Hash == done.BlockHash;
            var state = final ? OutboxState.Done : OutboxState.Included;
            await ChangeAsync(item, state, item.Row.Nonce, done.BlockNumber, done.TransactionHash.ToString(), null, null, cancel);
        }
        else if (await HeardAsync(item, cancel))
        {
            // By a transaction that is not ours, or whose receipt the node has not got: not after the block that was the latest when it was noticed.
            var block = item.Row.TransactionHash is null ? item.Row.Block ?? heads.Latest.Number : heads.Latest.Number;
            await ChangeAsync(item, block <= heads.Finalized.Number ? OutboxState.Done : OutboxState.Included, item.Row.Nonce, block, null, null, null, cancel);
        }
        else if (item.Row.Nonce is { } nonce && receipts.Zip(item.Versions).Any(pair => pair.First is not null && pair.Second.Nonce == nonce))
        {
            await ChangeAsync(item, OutboxState.Made, null, null, null, "The vault refused it in the block; it is tried again.", null, cancel);
        }
        else if (item.Row.Nonce is { } spent && await link.Ethereum.NonceAsync(link.Options.Settler.Address, BlockRef.Latest, cancel) > spent)
        {
            // It may have got into a block between the two questions.
            var again = await link.Ethereum.ReceiptsAsync([.. item.Versions.Select(version => Hash32.Parse(version.Hash))], cancel);
            if (again.All(receipt => receipt is null))
            {
                await ChangeAsync(item, OutboxState.Made, null, null, null, $"Something else used the nonce {spent} of {link.Options.Settler.Address}.", null, cancel);
            }
        }
        else if (item.Row.State == (int)OutboxState.Included)
        {
            // The chain took it back.
            await ChangeAsync(item, item.Row.Nonce is null ? OutboxState.Made : OutboxState.Signed, item.Row.Nonce, null, null, null, null, cancel);
        }
    }

    // It has a nonce and is in no block: the newest version is sent again, or one with a higher fee.
    private async Task PressAsync(Item item, CancellationToken cancel)
    {
        var newest = item.Versions[^1];
        var patience = link.Options.PollInterval * link.Options.PatiencePolls;
        if (newest.SignedAt + patience <= time.GetUtcNow())
        {
            var fees = await link.Ethereum.FeesAsync(cancel);
            var (fee, tip) = (Bumped(newest.MaxFee, fees.Max), Bumped(newest.PriorityFee, fees.Priority));
            if (fee <= link.Options.MostFee)
            {
                newest = await SignAsync(item, newest.Nonce, newest.Gas, fee, BigInteger.Min(tip, fee), cancel);
            }
        }

        await SendAsync(item, newest, cancel);
    }

    // The oldest that can be said now gets the next nonce; who waits for a day or a pause holds nobody up.
    private async Task BeginAsync(List<Item> open, Heads heads, CancellationToken cancel)
    {
        foreach (var item in open.Where(item => item.Row.State == (int)OutboxState.Made && !(item.Row.WaitUntil > time.GetUtcNow())))
        {
            if (await HeardAsync(item, cancel))
            {
                await ChangeAsync(item, OutboxState.Included, null, heads.Latest.Number, null, null, null, cancel);
            }
            else if (await GasAsync(item, heads, cancel) is { } gas)
            {
                var fees = await link.Ethereum.FeesAsync(cancel);
                var used = open.Select(other => other.Row.Nonce).Max() + 1 ?? 0;
                var nonce = Math.Max(used, await link.Ethereum.NonceAsync(link.Options.Settler.Address, BlockRef.Latest, cancel));
                var fee = BigInteger.Min(fees.Max, link.Options.MostFee);
                await SendAsync(item, await SignAsync(item, nonce, gas, fee, BigInteger.Min(fees.Priority, fee), cancel), cancel);
                return;
            }
        }
    }

    private async Task<long?> GasAsync(Item item, Heads heads, CancellationToken cancel)
    {
        try
        {
            var gas = await link.Ethereum.EstimateGasAsync(
                new(link.Vault.Address, item.Row.Data, link.Options.Settler.Address, default, NtkVault.Artifact.Abi.Errors), cancel);
            return Math.Min(MostGas, gas + (gas * GasMarginPercent / 100));
        }
        catch (NeuroException refused) when (refused.Code is "chain.reverted" or "chain.refused")
        {
            var capped = refused.Message.Contains("DailyCapReached", StringComparison.Ordinal);
            // The vault's day is that of the chain's clock.
            var wait = capped ? heads.Latest.Time.UtcDateTime.Date.AddDays(1) - heads.Latest.Time.UtcDateTime : link.Options.BatchInterval;
            var reason = capped ? $"The vault pays no more today; it waits until {heads.Latest.Time + wait:yyyy-MM-dd HH:mm} UTC." : Words.Clip(refused.Message, 500);
            await ChangeAsync(item, OutboxState.Made, null, null, null, reason, time.GetUtcNow() + wait, cancel);
            return null;
        }
    }

    private async Task<SentRow> SignAsync(Item item, long nonce, long gas, BigInteger fee, BigInteger tip, CancellationToken cancel)
    {
        var chainId = await link.Ethereum.ChainIdAsync(cancel);
        var signed = await link.Options.Settler.SignAsync(
            new() { ChainId = chainId, Nonce = nonce, PriorityFee = tip, MaxFee = fee, Gas = gas, To = link.Vault.Address, Data = item.Row.Data }, cancel);
        var row = new SentRow
        {
            OutboxId = item.Row.Id, Version = item.Versions.Count, Hash = signed.Hash.ToString(), Raw = signed.Raw.ToArray(), Nonce = nonce,
            MaxFee = Text(fee), PriorityFee = Text(tip), Gas = gas, SignedAt = time.GetUtcNow(),
        };
        await database.WriteAsync(
            async db =>
            {
                // Two at once would write the same version: one of them fails here, before it has sent anything.
                db.Sent.Add(row);
                await db.SaveChangesAsync(cancel);
                var (id, state) = (item.Row.Id, item.Row.State);
                FormattableString update = $"""
                    UPDATE chain_outbox SET state = {(int)OutboxState.Signed}, nonce = {nonce}, reason = NULL, wait_until = NULL WHERE id = {id} AND state = {state}
                    """;
                Sql.ThrowUnlessOne(update, await db.Database.ExecuteSqlAsync(update, cancel));
            },
            cancel);
        item.Versions.Add(row);
        (item.Row.State, item.Row.Nonce, item.Row.Reason) = ((int)OutboxState.Signed, nonce, null);
        return row;
    }

    private async Task SendAsync(Item item, SentRow version, CancellationToken cancel)
    {
        try
        {
            await link.Ethereum.SendRawAsync(version.Raw, cancel);
        }
        catch (NeuroException refused) when (refused.Code is "chain.refused" or "chain.reverted")
        {
            // What has become of it is for the next look to find out: its nonce may be used, or its fee too low beside a version that waits.
            await ChangeAsync(item, OutboxState.Signed, item.Row.Nonce, null, null, Words.Clip(refused.Message, 500), null, cancel);
        }
    }

    private async Task<bool> HeardAsync(Item item, CancellationToken cancel) => item.Row.Kind switch
    {
        OutboxKind.Settle => await link.Vault.IsSettledAsync(PaymentId.OfBatch(item.Row.Id), BlockRef.Latest, cancel),
        OutboxKind.Release => !await link.Vault.IsQueuedAsync((Hash32)NtkVault.Artifact.Abi.Function("release").DecodeCall(item.Row.Data)[0], BlockRef.Latest, cancel),
        _ => await link.Vault.NewestRootAsync(BlockRef.Latest, cancel) is { } root
            && root.Epoch >= (long)(BigInteger)NtkVault.Artifact.Abi.Function("publishRoot").DecodeCall(item.Row.Data)[0],
    };

    private async Task ChangeAsync(
        Item item, OutboxState state, long? nonce, long? block, string? transaction, string? reason, DateTimeOffset? waitUntil, CancellationToken cancel)
    {
        var row = item.Row;
        if ((row.State, row.Nonce, row.Block, row.TransactionHash, row.Reason, row.WaitUntil) == ((int)state, nonce, block, transaction, reason, waitUntil))
        {
            return;
        }

        await using var db = database.CreateDbContext();
        var (id, before, until) = (row.Id, row.State, waitUntil?.ToUnixTimeMilliseconds());
        FormattableString update = $"""
            UPDATE chain_outbox SET state = {(int)state}, nonce = {nonce}, block = {block}, transaction_hash = {transaction}, reason = {reason}, wait_until = {until}
            WHERE id = {id} AND state = {before}
            """;
        Sql.ThrowUnlessOne(update, await db.Database.ExecuteSqlAsync(update, cancel));
        (row.State, row.Nonce, row.Block, row.TransactionHash, row.Reason, row.WaitUntil) = ((int)state, nonce, block, transaction, reason, waitUntil);
    }

    private static BigInteger Bumped(string before, BigInteger current) => BigInteger.Max(current, Number(before) + ((Number(before) + BumpDivisor - 1) / BumpDivisor));

    private static BigInteger Number(string text) => BigInteger.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(BigInteger number) => number.ToString(CultureInfo.InvariantCulture);
}
