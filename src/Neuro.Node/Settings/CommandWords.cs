using System.Text;

namespace Neuro.Node.Settings;

/// <summary>Splits a command line into words as a shell would, without being one: nothing is expanded, and <c>| &amp; ; &lt; &gt; $</c> are letters like any other.</summary>
internal static class CommandWords
{
    /// <exception cref="FormatException">A quote that is not closed, or a backslash at the end.</exception>
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        for (var i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case ' ' or '\t' or '\n' or '\r':
                    if (word is not null)
                    {
                        words.Add(word.ToString());
                        word = null;
                    }

                    break;
                case '\'':
                    var close = line.IndexOf('\'', i + 1);
                    (word ??= new()).Append(close < 0 ? throw Open('\'', i) : line[(i + 1)..close]);
                    i = close;
                    break;
                case '"':
                    i = Quoted(line, i, word ??= new());
                    break;
                case '\\':
                    (word ??= new()).Append(++i < line.Length ? line[i] : throw new FormatException("it ends in a backslash"));
                    break;
                default:
                    (word ??= new()).Append(line[i]);
                    break;
            }
        }

        if (word is not null)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    // Within double quotes a backslash makes a quote or a backslash plain, and is itself before anything else.
    private static int Quoted(string line, int open, StringBuilder word)
    {
        for (var i = open + 1; i < line.Length; i++)
        {
            if (line[i] == '"')
            {
                return i;
            }

            var escaped = line[i] == '\\' && i + 1 < line.Length && line[i + 1] is '"' or '\\';
            word.Append(escaped ? line[++i] : line[i]);
        }

        throw Open('"', open);
    }

    private static FormatException Open(char quote, int at) => new($"the {quote} at character {at + 1} is not closed");
}
