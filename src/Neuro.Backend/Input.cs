using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Neuro.Client.Api;

namespace Neuro.Backend;

/// <summary>Checks of what came in over HTTP; what fails says the field, the value and what was expected.</summary>
internal static class Input
{
    public static T NotNull<T>([NotNull] T? value, string field)
        where T : class => value ?? throw new NeuroException("request.missing", $"{field} is missing from the request.");

    public static void Text([NotNull] string? value, string field, int shortest, int longest)
    {
        if (NotNull(value, field).Length < shortest || value!.Length > longest)
        {
            throw new NeuroException("request.out_of_range", $"{field} has {value!.Length} characters; expected {shortest} to {longest}.");
        }
    }

    public static void Range<T>(T value, string field, T least, T most)
        where T : IComparable<T>, IFormattable
    {
        // Written so that not-a-number, which compares as less than everything, fails too.
        if (!(value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0))
        {
            throw new NeuroException("request.out_of_range", string.Create(CultureInfo.InvariantCulture, $"{field} is {value}; expected {least} to {most}."));
        }
    }

    /// <summary>An id made by the caller.</summary>
    public static void Id(Guid id, string field)
    {
        if (id == Guid.Empty)
        {
            throw new NeuroException("request.missing", $"{field} is missing; make a new one for every new request and send the same one again when an answer was lost.");
        }
    }
}
