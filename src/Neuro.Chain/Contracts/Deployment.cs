using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Neuro.Chain.Coding;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Contracts;

/// <summary>Who gets which power and which share; whoever is left out is the account that deploys.</summary>
public sealed record DeploymentRoles
{
    /// <summary>Names settler and guardian, and gets the sale's ether.</summary>
    public Address? Admin { get; init; }

    public Address? Settler { get; init; }

    public Address? Guardian { get; init; }

    /// <summary>Burns what was bought back.</summary>
    public Address? Treasurer { get; init; }

    /// <summary>Team, partners, reserve, researchers, whose shares vest; null: their 40 % stay with who deploys, at once, which is for a chain of one's own.</summary>
    public IReadOnlyList<Address>? Beneficiaries { get; init; }
}

/// <summary>Where the contracts are.</summary>
/// <param name="Allocation">Null where nothing vests.</param>
/// <param name="Block">The block of the first of them: no event of theirs is older.</param>
public sealed record Deployment(Address Token, Address Vault, Address Sale, Address Buyback, Address? Allocation, long Block)
{
    private const long Day = 86_400;

    /// <summary>Deploys all of them with the figures of <c>contracts/deployment.json</c>, the sale open from now on.</summary>
    /// <exception cref="NeuroException"><c>contracts.missing</c>, and those of <see cref="ChainAccount.SendAsync"/>.</exception>
    public static async Task<Deployment> DeployAsync(ChainAccount account, DeploymentRoles? roles = null, CancellationToken cancel = default)
    {
        using var figures = JsonDocument.Parse(Artifact.Read("deployment.json"));
        var root = figures.RootElement;
        var (supply, given) = (Number(root.GetProperty("supply")), roles ?? new());
        var admin = given.Admin ?? account.Address;
        var now = (await account.Chain.BlockAsync(BlockRef.Latest, cancel))!.Time.ToUnixTimeSeconds();

        var (token, block) = await MakeAsync(account, NtkToken.Artifact, cancel, supply, account.Address);
        var (sale, _) = await MakeAsync(account, NtkSale.Artifact, cancel, token, admin, Offer(root.GetProperty("sale"), now));
        Address? allocation = null;
        if (given.Beneficiaries is { } beneficiaries)
        {
            var made = Artifact.Load("NtkAllocation");
            (allocation, _) = await MakeAsync(account, made, cancel, token, sale, new BigInteger(now), Schedules(root.GetProperty("vesting"), beneficiaries));
            await account.SendAsync(token, NtkToken.Transfer(allocation.Value, supply), errors: NtkToken.Artifact.Abi.Errors, cancel: cancel);
            await account.SendAsync(allocation, made.Abi.Function("releaseToSale").Encode(), errors: made.Abi.Errors, cancel: cancel);
        }
        else
        {
            await account.SendAsync(token, NtkToken.Transfer(sale, supply * 60 / 100), errors: NtkToken.Artifact.Abi.Errors, cancel: cancel);
        }

        var vault = root.GetProperty("vault");
        var (vaultAddress, _) = await MakeAsync(
            account, NtkVault.Artifact, cancel, token, admin, Days(vault, "adminDelayDays"), given.Settler ?? account.Address, given.Guardian ?? account.Address,
            Terms(vault));
        var (buyback, _) = await MakeAsync(account, Artifact.Load("NtkBuyback"), cancel, token, given.Treasurer ?? account.Address);
        return new(token, vaultAddress, sale, buyback, allocation, block);
    }

    private static async Task<(Address Address, long Block)> MakeAsync(ChainAccount account, Artifact artifact, CancellationToken cancel, params object[] arguments)
    {
        var receipt = await account.SendAsync(null, artifact.Deploying(arguments), errors: artifact.Abi.Errors, cancel: cancel);
        return (receipt.Created ?? throw new NeuroException("chain.bad_answer", $"The receipt of {artifact.Name} names no contract."), receipt.BlockNumber);
    }

    private static object[] Terms(JsonElement vault) =>
    [
        Number(vault.GetProperty("dailyCap")), Number(vault.GetProperty("exitDailyCap")), Number(vault.GetProperty("threshold")),
        Days(vault, "windowDays"), Days(vault, "silenceDays"),
    ];

    private static object[] Offer(JsonElement sale, long now) =>
    [
        Number(sale.GetProperty("price")), new BigInteger(now), now + Days(sale, "days"),
        Number(sale.GetProperty("floor")), Number(sale.GetProperty("cap")),
        sale.GetProperty("weekly").EnumerateArray().Select(bonus => (object)new BigInteger(bonus.GetInt64())).ToArray(),
        sale.GetProperty("bySize").EnumerateArray()
            .Select(size => (object)new object[] { Number(size.GetProperty("value")), new BigInteger(size.GetProperty("bonus").GetInt64()) }).ToArray(),
    ];

    private static object[] Schedules(JsonElement vesting, IReadOnlyList<Address> beneficiaries)
    {
        string[] shares = ["team", "partners", "reserve", "researchers"];
        return beneficiaries.Count == shares.Length
            ? [.. shares.Select(vesting.GetProperty).Zip(beneficiaries, (share, owner) => (object)new object[] { owner, Days(share, "cliffDays"), Days(share, "days") })]
            : throw new ArgumentException($"{beneficiaries.Count} beneficiaries are given; four shares vest: {string.Join(", ", shares)}.");
    }

    private static BigInteger Days(JsonElement json, string name) => json.GetProperty(name).GetInt64() * Day;

    private static BigInteger Number(JsonElement json) => BigInteger.Parse(json.GetString()!, CultureInfo.InvariantCulture);
}
