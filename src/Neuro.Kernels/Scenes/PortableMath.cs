namespace Neuro.Kernels.Scenes;

/// <summary>Elementary functions in double precision from plain arithmetic: the runtime's own differ in the last bit between systems, and a scene must not.</summary>
internal static class PortableMath
{
    private const double Ln2 = 0.693147180559945309;

    public static double Sin(double radians) => Cos(radians - (Math.PI / 2));

    /// <summary>To 1e-10 for arguments up to a few thousand.</summary>
    public static double Cos(double radians)
    {
        // To [−π, π], then halved twice for a short series, and doubled back by cos 2x = 2 cos² x − 1.
        var x = radians - (2 * Math.PI * Math.Round(radians / (2 * Math.PI)));
        var q = x * x / 16;
        var cos = 1 - (q / 2 * (1 - (q / 12 * (1 - (q / 30 * (1 - (q / 56 * (1 - (q / 90 * (1 - (q / 132)))))))))));
        cos = (2 * cos * cos) - 1;
        return (2 * cos * cos) - 1;
    }

    /// <summary>To 1e-10: halved twice by atan x = 2 atan(x / (1 + √(1 + x²))), then its series.</summary>
    public static double Atan(double a)
    {
        var x = a / (1 + Math.Sqrt(1 + (a * a)));
        x /= 1 + Math.Sqrt(1 + (x * x));
        var x2 = x * x;
        var sum = 0.0;
        for (var k = 27; k >= 1; k -= 2)
        {
            sum = (1.0 / k) - (x2 * sum);
        }

        return 4 * x * sum;
    }

    /// <summary>For arguments from −1 to 1, to 1e-8.</summary>
    public static double Acos(double a) => a <= -1 ? Math.PI : 2 * Atan(Math.Sqrt((1 - a) / (1 + a)));

    public static double Tan(double radians) => Sin(radians) / Cos(radians);

    /// <summary>Natural logarithm of a positive, normal number, to 1e-14.</summary>
    public static double Log(double a)
    {
        var bits = BitConverter.DoubleToInt64Bits(a);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa *= 0.5;
            exponent++;
        }

        var s = (mantissa - 1) / (mantissa + 1);
        var s2 = s * s;
        var sum = 0.0;
        for (var k = 21; k >= 1; k -= 2)
        {
            sum = (sum * s2) + (1.0 / k);
        }

        return (exponent * Ln2) + (2 * s * sum);
    }

    /// <summary>To 1e-14, for arguments from −700 to 700.</summary>
    public static double Exp(double a)
    {
        var whole = Math.Round(a / Ln2);
        var x = a - (whole * Ln2);
        var sum = 1.0;
        for (var k = 16; k >= 1; k--)
        {
            sum = 1 + (x / k * sum);
        }

        return sum * BitConverter.Int64BitsToDouble(((long)whole + 1023) << 52);
    }

    /// <summary><paramref name="a"/> ≥ 0 to a real power.</summary>
    public static double Power(double a, double exponent) => a < 1e-300 ? 0 : Exp(exponent * Log(a));
}
