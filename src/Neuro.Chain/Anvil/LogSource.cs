using System.Numerics;
using Neuro.Chain.Coding;
using Neuro.Chain.Values;

namespace Neuro.Chain.Anvil;

/// <summary>A contract for tests and benchmarks, written by hand in the machine's own code: it writes as many logs as it is asked for, or reverts as asked.</summary>
internal static class LogSource
{
    /// <summary>The first topic of its logs, that of <c>Transfer</c>; the second is who called, the third and the data the number left to write.</summary>
    public static readonly Hash32 Topic = Keccak.Of("Transfer(address,address,uint256)");

    // count = calldata[0..32]; if count is 0, revert(calldata[32..]).
    private const string Start = "600035" + "80601457" + "60203603" + "8060206000" + "37" + "6000fd";

    // Twenty bytes in: do { mem[0] = count; log3(mem[0..32], Topic, caller, count) } while (--count != 0); return mem[0..32].
    private const string Loop = "5b" + "80600052" + "80337f{0}60206000a3" + "60019003" + "80601457" + "60206000f3";

    /// <summary>The data of a transaction that makes it: copies the code and returns it.</summary>
    public static byte[] Deploying
    {
        get
        {
            var code = Hex.Bytes("0x" + Start + Loop.Replace("{0}", Topic.ToString()[2..], StringComparison.Ordinal));
            return [0x60, (byte)code.Length, 0x80, 0x60, 0x0b, 0x60, 0x00, 0x39, 0x60, 0x00, 0xf3, .. code];
        }
    }

    /// <summary>A call that writes <paramref name="count"/> logs and returns 1.</summary>
    public static byte[] Write(int count) => Hash32.Of(new BigInteger(count)).ToBytes();

    /// <summary>A call that reverts with these bytes.</summary>
    public static byte[] Revert(ReadOnlySpan<byte> data) => [.. new byte[32], .. data];
}
