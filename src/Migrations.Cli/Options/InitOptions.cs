using System.CommandLine;
using Migrations.Databases;
using Migrations.Planning;

namespace Migrations.Cli.Options;

/// <summary>The options of <c>init</c>.</summary>
internal sealed class InitOptions
{
    private readonly Option<bool> _create = OptionOf.Flag(
        "--create",
        "Create the database when it does not exist (SQLite: also its folder). Losing the race to create it is success."
    );
    private readonly Option<string?> _owner = OptionOf.Text("--owner", "role", "With --create: the role that owns it (PostgreSQL).");
    private readonly Option<string?> _encoding = OptionOf.Text(
        "--encoding",
        "name",
        "With --create: its encoding; without --template, a copy of template0 (PostgreSQL)."
    );
    private readonly Option<string?> _template = OptionOf.Text("--template", "database", "With --create: copy this database (PostgreSQL).");
    private readonly Option<string?> _marker = OptionOf.Text(
        "--marker",
        "table",
        "With an init script: the table whose presence says that it has run. Default: the history says it."
    );
    private readonly Option<bool> _seed = OptionOf.Flag(
        "--seed",
        "Afterwards run seed.sql, in the migration folder or beside the init script, once. Not in an environment that "
            + "requires confirmation."
    );
    private readonly Option<bool> _force = OptionOf.Flag(
        "--force",
        "Run the seed also in an environment that requires confirmation, and do not ask there."
    );
    private readonly Option<bool> _acceptLoss = OptionOf.Flag(
        "--accept-data-loss",
        "Run the init script and the seed even though rows or values are lost, or may be. --yes does not include this."
    );
    private readonly Option<string?> _stamp = OptionOf.Text(
        "--stamp",
        "environment",
        "Mark the database as that of an environment, so that destructive commands under another name are refused."
    );
    private readonly Option<bool> _restamp = OptionOf.Flag(
        "--restamp",
        "With --stamp: replace another stamp, which otherwise is an error. Asks where it is that of an environment that "
            + "requires confirmation."
    );
    private readonly Option<int?> _attempts = Choice.Count(
        "--attempts",
        "How often to try to connect. Default: DB_RETRY_ATTEMPTS, else 5."
    );
    private readonly Option<TimeSpan?> _delay = Choice.Duration(
        "--delay",
        "The pause between two attempts. Default: DB_RETRY_DELAY, else 5s."
    );

    /// <summary>Puts them on the command.</summary>
    public void AddTo(DescribedCommand command)
    {
        foreach (
            var option in (Option[])
                [_create, _owner, _encoding, _template, _marker, _seed, _force, _acceptLoss, _stamp, _restamp, _attempts, _delay]
        )
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (
                !result.GetValue(_create)
                && (result.GetValue(_owner) ?? result.GetValue(_encoding) ?? result.GetValue(_template)) is not null
            )
                result.AddError("--owner, --encoding and --template say how to create the database, and need --create.");
            if (result.GetValue(_restamp) && result.GetValue(_stamp) is null)
                result.AddError("--restamp replaces the stamp, and needs --stamp.");
        });
        command.Confirmed = _force;
    }

    /// <summary>What is requested.</summary>
    public InitializationRequest Read(ParseResult parse, Settings settings) =>
        new()
        {
            Create = parse.GetValue(_create)
                ? new DatabaseCreation
                {
                    Owner = parse.GetValue(_owner),
                    Encoding = parse.GetValue(_encoding),
                    Template = parse.GetValue(_template),
                }
                : null,
            Marker = parse.GetValue(_marker),
            Seed = parse.GetValue(_seed),
            IsProtected = settings.Selector.Environment?.Confirm == true,
            Force = parse.GetValue(_force),
            AcceptDataLoss = parse.GetValue(_acceptLoss),
            Stamp = parse.GetValue(_stamp),
            ReplacesStamp = parse.GetValue(_restamp),
            ReplacesProtectedStamp = settings.Yes || parse.GetValue(_force),
        };

    /// <summary>How to wait for a server that starts.</summary>
    public SessionOptions Starting(ParseResult parse, SessionOptions session) =>
        session.Starting(parse.GetValue(_attempts), parse.GetValue(_delay));
}
