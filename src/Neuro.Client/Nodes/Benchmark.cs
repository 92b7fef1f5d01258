using System.Globalization;
using System.Text;
using Neuro.Client.Api;

namespace Neuro.Client.Nodes;

/// <summary>What a node measured of itself, dated and signed: capacity is measured, not declared.</summary>
/// <param name="At">When, to the millisecond.</param>
/// <param name="Build">The build of the node's software; another one is measured anew.</param>
/// <param name="DiskWrite">Megabytes a second until they are on the disk.</param>
/// <param name="DiskRead">Megabytes a second, not from the system's cache.</param>
/// <param name="Upload">Megabytes a second to the platform; null when it was not asked.</param>
/// <param name="Download">Megabytes a second from the platform; null when it was not asked.</param>
/// <param name="Signature">The node's ed25519 signature over <see cref="SignedBytes"/>, base64.</param>
public sealed record Benchmark(DateTimeOffset At, string Build, Capacity Capacity, double DiskWrite, double DiskRead, double? Upload, double? Download, string Signature)
{
    /// <summary>What the node signs: its public key and every field but the signature, one a line.</summary>
    public byte[] SignedBytes(string node) => Encoding.UTF8.GetBytes(string.Join('\n',
        "neuro benchmark 1", node, At.ToUnixTimeMilliseconds(), Build, Capacity.Pool, Capacity.Device, Capacity.Cores, Capacity.MemoryBytes,
        Number(Capacity.RenderCuPerSecond), Number(Capacity.TrainCuPerSecond), Number(DiskWrite), Number(DiskRead), Number(Upload), Number(Download), ""));

    /// <summary>The same, signed with a node's secret key.</summary>
    public Benchmark Signed(byte[] secret) => this with { Signature = Ed25519.Sign(secret, SignedBytes(Ed25519.PublicKey(secret))) };

    /// <summary>Whether the node of this public key signed it.</summary>
    public bool Verify(string node) => Ed25519.Verify(node, SignedBytes(node), Signature);

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
