using Neuro.Client.Chain;
using Neuro.Client.Tokens;

namespace Neuro.Interactive.Magics;

internal sealed class WithdrawMagic(NeuroSession session)
    : Magic("neuro-withdraw", "Takes NTK out of the ledger to a wallet, and follows them until they are there.")
{
    private readonly Parameter<Ntk> amount = Required<Ntk>("amount", "How many NTK.");
    private readonly Parameter<string?> to = Optional<string>("to", "The address; your linked wallet if left out.");
    private readonly Parameter<string> name = Optional("as", "The variable for the withdrawal.", "withdrawal");

    public override async Task RunAsync(Arguments given, IMagicHost host)
    {
        var client = await session.ConnectedAsync(host.Cancellation);
        var address = given.Get(to) ?? (await client.Api.GetWalletAsync(host.Cancellation)).Address
            ?? throw new MagicException("wallet.not_linked", "No wallet is linked to your account.\nName one with --to 0x…, or link this machine's: #!neuro-wallet --link.");
        var asked = await client.WithdrawAsync(given.Get(amount), address, host.Cancellation);
        var shown = host.Display(asked);
        host.SetVariable(given.Get(name), asked);
        await ChainWork.FollowAsync(
            host, session.Time, shown,
            async () => await client.Api.GetWithdrawalAsync(asked.Id, host.Cancellation),
            withdrawal => withdrawal.Status is "paid" or "returned" or "queued",
            (Withdrawal withdrawal) => host.SetVariable(given.Get(name), withdrawal),
            $"it goes on; while it is only held, `await client.Api.CancelWithdrawalAsync(new(\"{asked.Id}\"))` takes it back");
    }
}
