using Neuro.Client.Tokens;

namespace Neuro.Interactive.Magics;

/// <remarks>The name is kept for the day when the API can; until then it must not look as if something was sent.</remarks>
internal sealed class SendMagic() : Magic("neuro-send", "Would send NTK to another account; the platform cannot do that yet.")
{
    private readonly Parameter<string> to = Required<string>("to", "The account.");
    private readonly Parameter<Ntk> amount = Required<Ntk>("amount", "How many NTK.");

    public override Task RunAsync(Arguments given, IMagicHost host) => throw new MagicException(
        "magic.not_possible", $"Nothing was sent: the platform has no transfer between accounts, so {given.Get(amount)} NTK cannot go to {given.Get(to)}; "
        + "NTK move by what is bought, ordered, traded and earned.");
}
