using Neuro.Client.Api;
using Neuro.Kernels;

namespace Neuro.Cli.Workloads;

/// <summary>Brings a refusal of Kernels, which knows nothing of the API, to the customer with its code and sentence.</summary>
internal static class Refused
{
    public static T AsNeuro<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (KernelsException refusal)
        {
            throw new NeuroException(refusal.Code, refusal.Message, refusal) { Status = 400 };
        }
    }
}
