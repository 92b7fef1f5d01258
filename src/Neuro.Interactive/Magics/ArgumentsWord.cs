using System.Text;

namespace Neuro.Interactive.Magics;

/// <summary>One word of a magic's line: a <c>--name</c>, an <c>@variable</c>, a question <c>@input:"…"</c>, or a value; only a bare word can be the first two.</summary>
internal readonly record struct ArgumentsWord(string Text, bool IsName = false, bool IsVariable = false, bool IsInput = false)
{
    private const string Input = "@input:";

    /// <summary>Splits at spaces. Quotes, double (with <c>\"</c> and <c>\\</c> inside) or single (nothing special inside), keep a value together; <c>--name=value</c> is two words.</summary>
    public static IEnumerable<ArgumentsWord> Split(string line)
    {
        var at = 0;
        while (true)
        {
            while (at < line.Length && char.IsWhiteSpace(line[at]))
            {
                at++;
            }

            if (at == line.Length)
            {
                yield break;
            }

            if (line.AsSpan(at).StartsWith("--") && at + 2 < line.Length && char.IsLetter(line[at + 2]))
            {
                var end = at + 2;
                while (end < line.Length && !char.IsWhiteSpace(line[end]) && line[end] != '=')
                {
                    end++;
                }

                yield return new(line[(at + 2)..end], IsName: true, IsVariable: false);
                at = end < line.Length && line[end] == '=' ? end + 1 : end;
                continue;
            }

            yield return Value(line, ref at);
        }
    }

    private static ArgumentsWord Value(string line, ref int at)
    {
        var (start, quoted, text) = (at, false, new StringBuilder());
        while (at < line.Length && !char.IsWhiteSpace(line[at]))
        {
            if (line[at] is '"' or '\'')
            {
                quoted = true;
                Quoted(line, ref at, text);
            }
            else
            {
                text.Append(line[at++]);
            }
        }

        if (line.AsSpan(start).StartsWith(Input, StringComparison.Ordinal))
        {
            return new(text.ToString(Input.Length, text.Length - Input.Length), IsInput: true);
        }

        return !quoted && line[start] == '@' && text.Length > 1
            ? new(text.ToString(1, text.Length - 1), IsName: false, IsVariable: true)
            : new(text.ToString(), IsName: false, IsVariable: false);
    }

    private static void Quoted(string line, ref int at, StringBuilder text)
    {
        var (quote, start) = (line[at], at);
        for (at++; at < line.Length && line[at] != quote; at++)
        {
            if (quote == '"' && line[at] == '\\' && at + 1 < line.Length && line[at + 1] is '"' or '\\')
            {
                at++;
            }

            text.Append(line[at]);
        }

        if (at == line.Length)
        {
            throw new MagicException("magic.syntax", $"The quote {line[start..]} is never closed.");
        }

        at++;
    }
}
