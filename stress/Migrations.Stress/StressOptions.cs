using System.Globalization;

namespace Migrations.Stress;

/// <summary>How the trials are called.</summary>
internal sealed record StressOptions
{
    public const string Usage = """
        dotnet run --project stress/Migrations.Stress -- [options]
          --form short|long   how often: a minute and a half altogether, or for hours (default: short)
          --only <name>       only the scenarios whose name begins so; may be repeated
          --seed <number>     where the random numbers begin (default: another one each time; it is printed)
          --count <number>    that many trials of each scenario, however long its form would make it
          --list              the scenarios
        """;

    /// <summary>The long form.</summary>
    public bool IsLong { get; private set; }

    /// <summary>Only the scenarios with one of these beginnings; empty for all.</summary>
    public List<string> Only { get; } = [];

    /// <summary>The seed of the first trial of each scenario; every further trial takes the next number.</summary>
    public int Seed { get; private set; } = Random.Shared.Next(1_000_000);

    /// <summary>The number of trials of each scenario; null for the form's own.</summary>
    public int? Count { get; private set; }

    /// <summary>Only list the scenarios.</summary>
    public bool ListsOnly { get; private set; }

    /// <summary>Reads the arguments; null when they are wrong.</summary>
    public static StressOptions? Read(string[] args)
    {
        var options = new StressOptions();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is "--list")
                options.ListsOnly = true;
            else if (i + 1 >= args.Length || !options.Take(args[i], args[++i]))
                return null;
        }

        return options;
    }

    private bool Take(string option, string value)
    {
        var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        switch (option)
        {
            case "--form" when value is "short" or "long":
                IsLong = value is "long";
                return true;
            case "--only":
                Only.Add(value);
                return true;
            case "--seed" when isNumber:
                Seed = number;
                return true;
            case "--count" when isNumber && number > 0:
                Count = number;
                return true;
            default:
                return false;
        }
    }
}
