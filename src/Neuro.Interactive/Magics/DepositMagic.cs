using Neuro.Client.Chain;
using Neuro.Client.Tokens;

namespace Neuro.Interactive.Magics;

internal sealed class DepositMagic(NeuroSession session, OpenWallet? open)
    : Magic("neuro-deposit", "Sends NTK from this machine's wallet into the vault for your account, and follows them until they are on your ledger.")
{
    private readonly Parameter<Ntk> amount = Required<Ntk>("amount", "How many NTK.");
    private readonly Parameter<string> name = Optional("as", "The variable for the deposit.", "deposit");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        var wallet = await LocalWork.Wallet(open)(await client.Api.GetChainAsync(host.Cancellation), host.Cancellation);
        var account = await client.Api.GetAccountAsync(host.Cancellation);
        var sent = await wallet.DepositAsync(account.Id, given.Get(amount), host.Cancellation);
        var shown = host.Display($"Sent {given.Get(amount)} NTK with transaction {sent}.");
        await ChainWork.FollowAsync(
            host, session.Time, shown,
            async () => (await client.Api.GetDepositsAsync(cancel: host.Cancellation)).FirstOrDefault(deposit => deposit.Transaction.Equals(sent, StringComparison.OrdinalIgnoreCase)),
            deposit => deposit.Status == "credited",
            (Deposit deposit) => host.SetVariable(given.Get(name), deposit),
            "it goes on; #!neuro-balance shows it");
    }
}
