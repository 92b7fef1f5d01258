using Neuro.Client.Api;
using Neuro.Client.Chain;
using Neuro.Client.Tokens;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics;

/// <summary>An Ethereum wallet that this program can sign with; what it sends, it pays for itself.</summary>
public interface IWallet
{
    /// <summary>With the checksum of EIP-55.</summary>
    string Address { get; }

    /// <summary>Signs as <c>personal_sign</c> does; hex.</summary>
    Task<string> SignAsync(string message, CancellationToken cancel);

    /// <summary>Sends tokens into the vault for an account of the platform, and waits until they are in a block.</summary>
    /// <returns>The transaction.</returns>
    /// <exception cref="NeuroException"><c>chain.unreachable</c>, <c>chain.reverted</c>, <c>wallet.too_little</c>.</exception>
    Task<string> DepositAsync(Guid account, Ntk amount, CancellationToken cancel);

    /// <summary>Buys at least so many tokens for ether in the sale.</summary>
    /// <exception cref="NeuroException"><c>chain.no_sale</c>, and those of <see cref="DepositAsync"/>.</exception>
    Task<SalePurchase> BuyAsync(Ntk amount, CancellationToken cancel);

    /// <summary>The statement of liabilities that stands in the vault; null before the first.</summary>
    Task<(long Epoch, string Root)?> NewestRootAsync(CancellationToken cancel);
}

/// <summary>Opens the wallet of this machine's user on the platform's chain.</summary>
/// <exception cref="NeuroException"><c>wallet.none</c>, <c>wallet.wrong_password</c>, <c>chain.wrong_chain</c>.</exception>
public delegate Task<IWallet> OpenWallet(ChainInfo chain, CancellationToken cancel);

/// <summary>Checks a proof of liabilities without asking anybody: whether it holds, and why.</summary>
/// <param name="root">The root that it must lead to.</param>
public delegate (bool Holds, string Reason) CheckProof(string json, string root);
