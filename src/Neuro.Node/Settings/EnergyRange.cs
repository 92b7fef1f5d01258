using System.Globalization;
using Neuro.Client.Tokens;

namespace Neuro.Node.Settings;

/// <summary>What an hour of running the machine costs in a part of the week, by its local time.</summary>
/// <param name="Days">In which the range begins.</param>
/// <param name="From">Minute of the day.</param>
/// <param name="To">Minute of the day, not part of it; one before <paramref name="From"/> is on the next day.</param>
internal sealed record EnergyRange(IReadOnlySet<DayOfWeek> Days, int From, int To, Ntk PerHour)
{
    private const int Day = 24 * 60;
    private static readonly string[] Names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public bool Holds(DateTimeOffset local)
    {
        var minute = (local.Hour * 60) + local.Minute;
        var yesterday = (DayOfWeek)(((int)local.DayOfWeek + 6) % 7);
        return From < To
            ? Days.Contains(local.DayOfWeek) && minute >= From && minute < To
            : (Days.Contains(local.DayOfWeek) && minute >= From) || (Days.Contains(yesterday) && minute < To);
    }

    public static EnergyRange Read(SettingsValue range)
    {
        range.Object("days", "from", "to", "perHour");
        var (from, to) = (Minute(range.Find("from"), 0), Minute(range.Find("to"), Day));
        return from != to && from < Day
            ? new(range.Find("days") is { } days ? ReadDays(days) : Enum.GetValues<DayOfWeek>().ToHashSet(), from, to, range.Get("perHour").Amount())
            : throw range.Wrong("begins when it ends");
    }

    private static int Minute(SettingsValue? at, int otherwise)
    {
        if (at is not { } value)
        {
            return otherwise;
        }

        const string What = "a time from \"00:00\" to \"24:00\"";
        var text = value.Text(What);
        return text == "24:00" ? Day : TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? (time.Hour * 60) + time.Minute : throw value.Expected(What);
    }

    // "mon-fri", "sat,sun" or "fri-mon".
    private static HashSet<DayOfWeek> ReadDays(SettingsValue days)
    {
        const string What = "days such as \"mon-fri\" or \"sat,sun\"";
        var set = new HashSet<DayOfWeek>();
        foreach (var part in days.Text(What).Split(','))
        {
            var ends = part.Trim().Split('-');
            var (first, last) = (Array.IndexOf(Names, ends[0]), Array.IndexOf(Names, ends[^1]));
            if (first < 0 || last < 0 || ends.Length > 2)
            {
                throw days.Expected(What);
            }

            for (var day = first; ; day = (day + 1) % 7)
            {
                set.Add((DayOfWeek)day);
                if (day == last)
                {
                    break;
                }
            }
        }

        return set;
    }
}
