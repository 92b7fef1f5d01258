using Neuro.Chain.Coding;
using Neuro.Chain.Rpc;
using Neuro.Chain.Values;
using Neuro.Client.Api;

namespace Neuro.Chain.Contracts;

/// <summary>Calls by name, answered in .NET values.</summary>
internal static class ContractCalls
{
    /// <exception cref="NeuroException"><c>chain.no_contract</c>, and those of <see cref="IEthereum"/>.</exception>
    public static async Task<object[]> CallAsync(
        this IEthereum chain, Address contract, ContractAbi abi, string function, BlockRef at, CancellationToken cancel, params object[] arguments)
    {
        var called = abi.Function(function);
        var result = await chain.CallAsync(new EthCall(contract, called.Encode(arguments), Errors: abi.Errors), at, cancel);
        try
        {
            return called.DecodeResult(result);
        }
        catch (FormatException wrong)
        {
            throw new NeuroException("chain.no_contract",
                $"{contract} does not answer {called.Signature} as the contract does ({wrong.Message.TrimEnd('.')}). Check the address and the chain.", wrong);
        }
    }
}
