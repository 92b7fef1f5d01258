using System.CommandLine;
using Neuro.Chain.Liabilities;
using Neuro.Cli.Chains;
using Neuro.Client.Api;
using Neuro.Interactive.Formatting;
using Neuro.Interactive.Magics;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro wallet</c>: NTK between the ledger and an Ethereum wallet, and the proof of what is owed.</summary>
internal static class WalletCommand
{
    public static Command Create() => new("wallet", "NTK between the platform's ledger and your Ethereum wallet; the proof of what is owed to you.")
    {
        Show(),
        Link(),
        Deposit(),
        Withdraw(),
        Prove(),
        Verify(),
    };

    private static Command Show() => OnPlatform("show", "What the chain, the vault and your wallet have, and what is on its way.", [], async (client, _, cancel) =>
    {
        Say(await client.Api.GetChainAsync(cancel));
        Say(await client.Api.GetWalletAsync(cancel));
        Say(await client.Api.GetDepositsAsync(cancel: cancel) is { Count: > 0 } deposits ? deposits : "No deposits.");
        Say(await client.Api.GetWithdrawalsAsync(cancel: cancel) is { Count: > 0 } withdrawals ? withdrawals : "No withdrawals.");
    });

    private static Command Link() => OnPlatform("link", "Links the wallet of this machine (NEURO_WALLET) to your account, by a signature.", [], async (client, _, cancel) =>
    {
        var wallet = await OpenAsync(client, cancel);
        Say(await client.LinkWalletAsync(wallet.Address, message => wallet.SignAsync(message, cancel), cancel));
    });

    private static Command Deposit()
    {
        var amount = Amount();
        return OnPlatform("deposit", "Sends NTK from the wallet of this machine into the vault, for your account; they are on the ledger once the chain cannot take them back.", [amount], async (client, parsed, cancel) =>
        {
            var sent = ListingsCommand.Amount(parsed.GetValue(amount), "amount")!.Value;
            var wallet = await OpenAsync(client, cancel);
            var account = await client.Api.GetAccountAsync(cancel);
            Console.WriteLine($"Sent {sent} NTK with transaction {await wallet.DepositAsync(account.Id, sent, cancel)}; `neuro wallet show` says how far they are.");
        });
    }

    private static Command Withdraw()
    {
        var amount = Amount();
        var to = new Option<string?>("--to") { Description = "The address; your linked wallet if left out." };
        return OnPlatform("withdraw", "Takes NTK out of the ledger to a wallet, with the next batch.", [amount, to], async (client, parsed, cancel) =>
        {
            var address = parsed.GetValue(to) ?? (await client.Api.GetWalletAsync(cancel)).Address
                ?? throw new NeuroException("wallet.not_linked", "No wallet is linked to your account. Name one with --to 0x…, or link this machine's: `neuro wallet link`.");
            Say(await client.WithdrawAsync(ListingsCommand.Amount(parsed.GetValue(amount), "amount")!.Value, address, cancel));
        });
    }

    private static Command Prove()
    {
        var epoch = new Option<long?>("--epoch") { Description = "One of the last 30 statements of what the platform owes; the newest if left out." };
        var file = new Option<string>("--out", "-o") { Description = "Where the proof goes.", DefaultValueFactory = _ => "liability-proof.json" };
        return OnPlatform("prove", "Fetches the proof that what is owed to you is in the statement on the chain; `neuro wallet verify` checks it without the platform.", [epoch, file], async (client, parsed, cancel) =>
        {
            await File.WriteAllTextAsync(parsed.GetValue(file)!, await client.LiabilityProofAsync(parsed.GetValue(epoch), cancel), cancel);
            Console.WriteLine($"The proof is in {parsed.GetValue(file)}. `neuro wallet verify {parsed.GetValue(file)} --root 0x…` checks it; read the root in the vault, by a node that you trust.");
        });
    }

    private static Command Verify()
    {
        var file = new Argument<string>("file") { Description = "A proof, as `neuro wallet prove` writes it." };
        var root = new Option<string?>("--root") { Description = "The root that it must lead to, as the vault says it; without it only the proof itself is checked." };
        var command = new Command("verify", "Checks a proof of liabilities. Asks nobody; exits with 1 when it does not hold.") { file, root };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file)!;
            if (!File.Exists(path))
            {
                throw new NeuroException("file.missing", $"There is no file {path}. `neuro wallet prove` writes one.");
            }

            var (holds, reason) = LiabilityProof.Verify(File.ReadAllText(path), parsed.GetValue(root));
            Console.WriteLine($"{(holds ? '✓' : '✗')} {reason}");
            return holds ? 0 : 1;
        });
        return command;
    }

    private static Argument<string> Amount() => new("amount") { Description = "How many NTK, such as 12.5." };

    private static async Task<IWallet> OpenAsync(NeuroClient client, CancellationToken cancel) => await ChainWallet.OpenAsync(await client.Api.GetChainAsync(cancel), cancel);

    private static void Say(object value) => Console.WriteLine(Formatter.Format(value).Text);

    private static Command OnPlatform(string name, string what, IReadOnlyList<Symbol> symbols, Func<NeuroClient, ParseResult, CancellationToken, Task> run)
    {
        var platform = ListingsCommand.Platform();
        var command = new Command(name, what) { platform };
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Add(argument);
            }
            else
            {
                command.Add((Option)symbol);
            }
        }

        command.SetAction(async (parsed, cancel) =>
        {
            await using var client = await NeuroClient.ConnectAsync(parsed.GetValue(platform), cancel: cancel);
            await run(client, parsed, cancel);
            return 0;
        });
        return command;
    }
}
