using System.Globalization;

namespace Neuro.Client.Api;

/// <summary>Which version of the protocol a program speaks: every request of <see cref="NeuroClient"/> says it, every answer says the platform's.</summary>
/// <remarks>A platform serves its own version and the one before it, so platforms are upgraded first, one replica after the other, and clients and nodes when they like.</remarks>
public static class Contract
{
    /// <summary>On requests and answers; a request without it is taken as it is.</summary>
    public const string Header = "Neuro-Contract";

    // To be raised, once a release, when a program of the release before would be misunderstood or would misunderstand: a field or an address taken away, renamed or given another meaning,
    // a new field that must be there, another signature. Not for what is merely added: unknown fields are ignored, and what is left out has its old meaning.

    /// <summary>What this program speaks.</summary>
    public const int Version = 1;

    internal static readonly string Spoken = Version.ToString(CultureInfo.InvariantCulture);
}
