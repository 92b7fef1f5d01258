using Neuro.Chain.Rpc;

namespace Neuro.Chain.Tests.Rpc;

/// <summary>Our own client.</summary>
public sealed class JsonRpcEthereumConformance : EthereumConformance
{
    protected override IEthereum Connect(Uri url) => new JsonRpcEthereum(LoopbackNode.Http, new() { Endpoints = [url], BackOff = TimeSpan.FromMilliseconds(10) });
}
