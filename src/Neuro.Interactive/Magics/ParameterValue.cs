using System.Globalization;
using System.Reflection;
using Neuro.Client.Tokens;
using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Magics;

/// <summary>Turns the text of an argument, or the object of an <c>@variable</c>, into a parameter's type.</summary>
internal static class ParameterValue
{
    /// <exception cref="MagicException">The text is no such value.</exception>
    public static object? Parse(Parameter parameter, string text)
    {
        var type = Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type;
        if (type == typeof(string) || type == typeof(object))
        {
            return text;
        }

        if (type.IsEnum)
        {
            return Enum.TryParse(type, text, ignoreCase: true, out var named) && Enum.IsDefined(type, named) ? named : throw Wrong(parameter, $"'{text}'", Expected(type));
        }

        if (Parser(type) is not { } parse)
        {
            throw Wrong(parameter, $"'{text}'", $"{FormatterFallback.TypeName(type)} in a variable: write @name");
        }

        try
        {
            return parse(text);
        }
        catch (TargetInvocationException refused) when (refused.InnerException is FormatException or OverflowException or ArgumentException)
        {
            throw Wrong(parameter, $"'{text}'", Expected(type));
        }
    }

    /// <exception cref="MagicException">The object is of another type.</exception>
    public static object? Convert(Parameter parameter, string variable, object? value)
    {
        var type = Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type;
        if (value is null)
        {
            throw Wrong(parameter, $"@{variable}, which is null", Expected(type));
        }

        if (type.IsInstanceOfType(value))
        {
            return value;
        }

        try
        {
            return value is IConvertible and not string && type.IsPrimitive
                ? System.Convert.ChangeType(value, type, CultureInfo.InvariantCulture)
                : Parse(parameter, System.Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        }
        catch (Exception refused) when (refused is MagicException or InvalidCastException or OverflowException or FormatException)
        {
            throw Wrong(parameter, $"@{variable}, of type {FormatterFallback.TypeName(value.GetType())}", Expected(type));
        }
    }

    /// <summary>True for a type whose values can be written as text.</summary>
    public static bool IsWritten(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is var plain && (plain == typeof(string) || plain.IsEnum || Parser(plain) is not null);

    private static Func<string, object?>? Parser(Type type)
    {
        if (type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string), typeof(IFormatProvider)]) is { } cultured)
        {
            return text => cultured.Invoke(null, [text, CultureInfo.InvariantCulture]);
        }

        return type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string)]) is { } plain ? text => plain.Invoke(null, [text]) : null;
    }

    private static string Expected(Type type) => type switch
    {
        { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(uint) || type == typeof(ulong) => "a whole number, not negative",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(float) || type == typeof(double) || type == typeof(decimal) => "a number",
        _ when type == typeof(Ntk) => "an amount of NTK such as 12.5",
        _ when type == typeof(TimeSpan) => "a time such as 00:05:00",
        _ => FormatterFallback.TypeName(type),
    };

    private static MagicException Wrong(Parameter parameter, string was, string expected) =>
        new("magic.bad_value", $"--{parameter.Name} is {was}; expected {expected}.");
}
