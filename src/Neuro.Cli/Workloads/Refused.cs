using Neuro.Client.Api;

namespace Neuro.Cli.Workloads;

/// <summary>Brings a refusal from Kernels or Learning (an exception with a <c>Code</c>) to the customer with its code and sentence.</summary>
internal static class Refused
{
    public static T AsNeuro<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception refusal) when (refusal is not NeuroException && refusal.GetType().GetProperty("Code")?.GetValue(refusal) is string)
        {
            throw new NeuroException((string)refusal.GetType().GetProperty("Code")!.GetValue(refusal)!, refusal.Message, refusal) { Status = 400 };
        }
    }
}
