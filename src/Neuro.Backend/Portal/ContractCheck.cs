using System.Globalization;
using Microsoft.AspNetCore.Http;
using Neuro.Client.Api;

namespace Neuro.Backend.Portal;

/// <summary>Serves programs that speak this platform's version of the protocol or the one before, and says on every answer which it speaks itself.</summary>
internal sealed class ContractCheck(RequestDelegate next, PlatformOptions options)
{
    private readonly int ours = options.ContractVersion;

    public Task InvokeAsync(HttpContext context)
    {
        // At the start of the answer: one that becomes a problem is cleared before.
        context.Response.OnStarting(() =>
        {
            context.Response.Headers[Contract.Header] = ours.ToString(CultureInfo.InvariantCulture);
            if (context.Response.StatusCode == StatusCodes.Status426UpgradeRequired)
            {
                // What a 426 must say (RFC 9110, section 15.5.22).
                context.Response.Headers.Upgrade = $"{Contract.Header}/{ours}";
                context.Response.Headers.Connection = "Upgrade";
            }

            return Task.CompletedTask;
        });
        if (context.Request.Headers.TryGetValue(Contract.Header, out var spoken))
        {
            Check(spoken.ToString());
        }

        return next(context);
    }

    private void Check(string spoken)
    {
        if (!int.TryParse(spoken, NumberStyles.None, CultureInfo.InvariantCulture, out var theirs))
        {
            throw new NeuroException("contract.bad_version", $"'{Words.Clip(spoken, 50)}' is not a version of the protocol; send a whole number as {Contract.Header}, such as {ours}, or no such header.") { Status = 400 };
        }

        if (theirs < ours - 1)
        {
            throw Refused("contract.too_old", theirs, "Update your program (neuro, Neuro.Client) and send the request again.");
        }

        if (theirs > ours)
        {
            throw Refused("contract.too_new", theirs, "Wait until the platform is updated, or use the release of your program before this one.");
        }
    }

    private NeuroException Refused(string code, int theirs, string advice) =>
        new(code, $"Your program speaks version {theirs} of the protocol; this platform serves {ours} and {ours - 1}. {advice}") { Status = StatusCodes.Status426UpgradeRequired };
}
