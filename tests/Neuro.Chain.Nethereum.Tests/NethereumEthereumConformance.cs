using Nethereum.Web3;
using Neuro.Chain.Rpc;
using Neuro.Chain.Tests.Rpc;

namespace Neuro.Chain.Nethereum.Tests;

/// <summary>Nethereum's client.</summary>
public sealed class NethereumEthereumConformance : EthereumConformance
{
    protected override IEthereum Connect(Uri url) => new NethereumEthereum(new Web3(url.ToString()));
}
