namespace Migrations.Cli.Tests;

/// <summary>
/// What psql reads of a connection beside its text: services and their files, addresses, several hosts. It is read as psql does, or refused
/// by name; it never leads to another database.
/// </summary>
public sealed class LibpqConnectionTests() : CliTests("PostgreSQL")
{
    private Uri Url => new(Database.Address);

    private string User => Uri.UnescapeDataString(Url.UserInfo.Split(':')[0]);

    private string Password => Uri.UnescapeDataString(Url.UserInfo[(User.Length + 1)..]);

    private string DatabaseName => Uri.UnescapeDataString(Url.AbsolutePath[1..]);

    private string Service =>
        $"# ours\n[other]\nhost=no.such.host.invalid\n\n[shop]\nhost={Url.Host}\nport={Url.Port}\nuser={User}\npassword={Password}\n"
        + $"dbname={DatabaseName}\ndbname=second_does_not_count\nconnect_timeout=20\n[last]\nhost=no.such.host.invalid\n";

    /// <summary>Variables and a text in which <c>{...}</c> is filled in.</summary>
    [Theory]
    [InlineData(null, "PGSERVICE=shop", "PGSERVICEFILE={file}")]
    [InlineData(null, "PGSERVICE=shop", "HOME={folder}")]
    [InlineData(null, "PGSERVICE=shop", "PGSYSCONFDIR={system}", "HOME={system}")]
    [InlineData(null, "PGSERVICE=shop", "PGSERVICEFILE={file}", "PGHOST=no.such.host.invalid", "PGDATABASE=other", "PGPORT=1")]
    [InlineData("postgres://?service=shop", "PGSERVICEFILE={file}", "PGSERVICE=other")]
    [InlineData("postgres:///?service=shop&servicefile={file}", "PGSERVICE=other")]
    [InlineData("service=shop", "PGSERVICEFILE={file}")]
    [InlineData("Service=other;Host={host};Port={port};Username={user};Password={password};Database={database}", "PGSERVICEFILE={file}")]
    [InlineData("postgres://{host}", "PGSERVICEFILE={file}", "PGSERVICE=shop")]
    [InlineData(null, "PGHOST=no.such.host.invalid", "PGHOSTADDR=127.0.0.1", "{rest}")]
    [InlineData(null, "PGHOSTADDR=127.0.0.1", "{rest}")]
    [InlineData("postgres://{login}@no.such.host.invalid/{database}?hostaddr=127.0.0.1", "PGPORT={port}", "PGHOSTADDR=127.0.0.9")]
    [InlineData("postgres://no.such.host.invalid/", "PGHOST=no.such.host.invalid", "PGHOSTADDR=127.0.0.1", "{rest}")]
    [InlineData(null, "PGHOST=127.0.0.1,{host}", "PGPORTS=1,{port}", "PGTARGETSESSIONATTRS=primary", "{rest}")]
    [InlineData(null, "PGHOST=127.0.0.1,{host}", "PGPORTS=1,{port}", "PGTARGETSESSIONATTRS=read-write", "{rest}")]
    public async Task It_is_read_as_psql_does(string? text, params string[] variables)
    {
        ThreeTables();
        var result = await AloneAsync(text, variables);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("a", await Database.TablesAsync());
        Assert.Contains($"/{DatabaseName}", result.Output, StringComparison.Ordinal);
        AssertSilent(result);
    }

    [Theory]
    [InlineData("service 'none' is not defined", null, "PGSERVICE=none", "PGSERVICEFILE={file}")]
    [InlineData("there is no service file", null, "PGSERVICE=none", "HOME={system}", "PGSYSCONFDIR={folder}/none")]
    [InlineData("none.conf' does not exist (PGSERVICEFILE)", null, "PGSERVICE=shop", "PGSERVICEFILE={folder}/none.conf")]
    [InlineData("wrong.conf:2 ", null, "PGSERVICE=unknown", "PGSERVICEFILE={wrong}")]
    [InlineData("wrong.conf:4 looks", null, "PGSERVICE=ldap", "PGSERVICEFILE={wrong}")]
    [InlineData("wrong.conf:6 names another service", null, "PGSERVICE=nested", "PGSERVICEFILE={wrong}")]
    [InlineData("wrong.conf:8.", null, "PGSERVICE=mode", "PGSERVICEFILE={wrong}")]
    [InlineData("wrong.conf:10 is not", null, "PGSERVICE=plain", "PGSERVICEFILE={wrong}")]
    [InlineData("It names a host, and PGHOSTADDR", "postgres://{host}:{port}/{database}", "PGHOSTADDR=127.0.0.9")]
    [InlineData("It names a host, and PGHOSTADDR", "Host={host};Port={port};Username=x", "PGHOSTADDR=127.0.0.9")]
    [InlineData("It names a host, and the service 'address'", "postgres://{host}", "PGSERVICE=address", "PGSERVICEFILE={wrong}")]
    [InlineData("It names a host, and PGHOSTADDR", null, "PGSERVICE=shop", "PGSERVICEFILE={file}", "PGHOSTADDR=127.0.0.9")]
    [InlineData("PGTARGETSESSIONATTRS", null, "PGHOST={host},127.0.0.1", "{rest}")]
    [InlineData("2 ports and 1 hosts", null, "PGHOST={host}", "PGPORTS=1,2")]
    [InlineData("2 hosts and 1 addresses", null, "PGHOST={host},b", "PGHOSTADDR=127.0.0.1")]
    [InlineData("It comes from PGPORT", null, "PGHOST={host}", "PGPORTS=secret5432")]
    [InlineData("It comes from PGCONNECT_TIMEOUT", null, "PGHOST={host}", "PGCONNECT_TIMEOUT=secret")]
    [InlineData("verify-full", null, "PGHOST=db.example", "PGHOSTADDR=127.0.0.1", "PGSSLMODE=verify-full")]
    public async Task Or_it_is_refused_by_name(string words, string? text, params string[] variables)
    {
        ThreeTables();
        var result = await AloneAsync(text, variables);
        AssertError(result, ErrorId.TargetInvalid, 2);
        Assert.Contains(words, result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secret", result.All, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await Database.TablesAsync());
    }

    private async Task<CliResult> AloneAsync(string? text, string[] variables)
    {
        var (folder, system) = (Path.Combine(Temporary.Path, "home"), Path.Combine(Temporary.Path, "system"));
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(system);
        foreach (var file in new[] { Path.Combine(folder, ".pg_service.conf"), Path.Combine(system, "pg_service.conf") })
            await File.WriteAllTextAsync(file, Service);
        var wrong = Path.Combine(folder, "wrong.conf");
        await File.WriteAllTextAsync(
            wrong,
            "[unknown]\nsecretword = x\n[ldap]\nldap://secret.example/dc\n[nested]\nservice=shop\n[mode]\nsslmode=secret\n[plain]\nsecret\n"
                + "[address]\nhost=secret.example\nhostaddr=127.0.0.9\n"
        );
        string Fill(string value) =>
            value
                .Replace("{file}", Path.Combine(folder, ".pg_service.conf"), StringComparison.Ordinal)
                .Replace("{wrong}", wrong, StringComparison.Ordinal)
                .Replace("{folder}", folder, StringComparison.Ordinal)
                .Replace("{system}", system, StringComparison.Ordinal)
                .Replace("{host}", Url.Host, StringComparison.Ordinal)
                .Replace("{port}", $"{Url.Port}", StringComparison.Ordinal)
                .Replace("{login}", Url.UserInfo, StringComparison.Ordinal)
                .Replace("{user}", User, StringComparison.Ordinal)
                .Replace("{password}", Password, StringComparison.Ordinal)
                .Replace("{database}", DatabaseName, StringComparison.Ordinal);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in variables)
        {
            var pairs =
                variable == "{rest}"
                    ? [$"PGPORT={Url.Port}", $"PGUSER={User}", $"PGPASSWORD={Password}", $"PGDATABASE={DatabaseName}"]
                    : new[] { Fill(variable.Replace("PGPORTS", "PGPORT", StringComparison.Ordinal)) };
            foreach (var pair in pairs.Select(p => p.Split('=', 2)))
                environment.TryAdd(pair[0], pair[1]);
        }

        string[] database = text is null ? [] : ["--database", Fill(text)];
        return await CliProcess.RunAsync(
            new CliCall
            {
                Arguments = ["up", "--path", Folder, .. database],
                Environment = environment,
                WorkingFolder = Temporary.Path,
            }
        );
    }
}
