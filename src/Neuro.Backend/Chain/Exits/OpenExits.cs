using Neuro.Client.Api;
using Neuro.Client.Tokens;

namespace Neuro.Backend.Chain.Exits;

/// <summary>The vault's exits are open, finally: nothing else goes in or out of it any more.</summary>
/// <param name="Epoch">The statement that it pays.</param>
/// <param name="Pool">What it pays in all.</param>
/// <param name="Block">In which they were opened: payments are in none after it.</param>
internal sealed record OpenExits(long Epoch, Ntk Pool, long Block)
{
    public string Sentence { get; } =
        $"The exits of the vault are open, for good: the platform had not said for too long what it owes. The vault pays {Pool} NTK by statement {Epoch}: "
        + "take yours there, with the proof that `neuro wallet prove` writes. Nothing is deposited, withdrawn or paid here any more.";

    public NeuroException Refusal => new("chain.exits_open", Sentence) { Status = 409 };
}
