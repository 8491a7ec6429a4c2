using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Migrations.History;

/// <summary>
/// Finds secrets in text that is not SQL: in literals (connection strings, URLs, JSON), in comments, in a server's words.
/// </summary>
internal static partial class SecretText
{
    private static readonly string[] Signs =
    [
        "password",
        "pass_word",
        "passwd",
        "passphrase",
        "pwd",
        "secret",
        "://",
        "_key",
        "apikey",
        "token",
        "accountkey",
        "accesskey",
        "sig=",
        "_seed",
        "private key-----",
        "ghp_",
        "gho_",
        "ghs_",
        "github_pat_",
        "glpat-",
        "npm_",
        "xox",
        "sk_live_",
        "sk_test_",
        "rk_live_",
        "akia",
        "aiza",
        "crypt(",
        "crypt_",
        "hmac",
        "identified",
        "pragma",
        "attach",
        "pw:",
        "pw=",
        "pw ",
        "pw,",
        "pw)",
        "pw\"",
        "bearer ",
        "authorization",
        "sshpass",
        "-u ",
        "--user",
    ];

    private static readonly Regex[] Patterns =
    [
        UrlPattern(),
        AssignedPattern(),
        QuotedPattern(),
        RolePattern(),
        BearerPattern(),
        LoginPattern(),
        KeyBlockPattern(),
        KnownPattern(),
    ];

    /// <summary>Whether a text may hold a secret at all; nearly all do not.</summary>
    public static bool MayHold(ReadOnlySpan<char> text)
    {
        // Folding once and comparing exactly is several times faster than ignoring case for each sign, and every script that runs passes
        // here.
        var buffer = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            if (Ascii.ToLower(text, buffer, out var length) != OperationStatus.Done)
                length = text.ToLowerInvariant(buffer);
            return HoldsSign(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer, clearArray: true);
        }
    }

    // 'pass'
    // 'word=...': a sign may stand in two parts.
    private static bool HasContinuedLiteral(ReadOnlySpan<char> text)
    {
        for (var next = text.IndexOf('\n'); next >= 0; next = text.IndexOf('\n'))
        {
            if (text[..next].TrimEnd().EndsWith("'") && text[(next + 1)..].TrimStart().StartsWith("'"))
                return true;
            text = text[(next + 1)..];
        }

        return false;
    }

    private static bool HoldsSign(ReadOnlySpan<char> folded)
    {
        foreach (var sign in Signs)
        {
            if (folded.Contains(sign, StringComparison.Ordinal))
                return true;
        }

        return HasContinuedLiteral(folded);
    }

    /// <summary>Whether a name is one of a secret: <c>password</c>, <c>app.api_key</c>, <c>sslpassword</c>.</summary>
    public static bool IsSecretName(ReadOnlySpan<char> name) => name.Length is > 1 and <= 128 && NamePattern().IsMatch(name);

    /// <summary>Whether a text speaks of a secret.</summary>
    public static bool Mentions(ReadOnlySpan<char> text) => WordPattern().IsMatch(text);

    /// <summary>
    /// Whether a text, of a statement that is put together, leaves the place of a secret open: <c>... PASSWORD %L</c>, <c>PASSWORD $1</c>,
    /// <c>PASSWORD '</c>.
    /// </summary>
    public static bool LeavesOpen(string text) => MayHold(text) && OpenPattern().IsMatch(text);

    /// <summary>The places of secrets in a text; all of it when it takes too long to read.</summary>
    public static IReadOnlyList<(int Start, int Length)> Find(string text)
    {
        try
        {
            return [.. Patterns.SelectMany(p => p.Matches(text)).Select(m => (m.Groups["s"].Index, m.Groups["s"].Length))];
        }
        catch (RegexMatchTimeoutException)
        {
            return [(0, text.Length)];
        }
    }

    /// <summary>A text without its secrets.</summary>
    public static string Hide(string text)
    {
        if (!MayHold(text))
            return text;
        foreach (var (start, length) in Find(text).OrderByDescending(f => f.Start))
            text = start + length <= text.Length ? string.Concat(text.AsSpan(0, start), "***", text.AsSpan(start + length)) : text;
        return text;
    }

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private const int Milliseconds = 2000;

    private const string Secret =
        "(pass_?word|passwd|passphrase|passcode|pwd|secret|(api|access|account|private|encryption)_?key"
        + "|(auth|access)_?token|t?otp_?seed)";

    [GeneratedRegex(Secret + @"\w{0,60}$|(^|[_.])(tokens?|pw)$", Options, Milliseconds)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"(\b|_)(pw|" + Secret + @")(\b|_)", Options, Milliseconds)]
    private static partial Regex WordPattern();

    // The whole user part up to the last @ before a blank: a password may hold @ and slashes.
    [GeneratedRegex(@"://[^\s:/@'""]{0,200}:(?<s>[^\s'""]{1,500})@", Options, Milliseconds)]
    private static partial Regex UrlPattern();

    [GeneratedRegex(
        @"((\b|_)pw|"
            + Secret
            + @"\w{0,60})[""'\]]{0,4}\s{0,20}(=>|:=|=|:)\s{0,20}(''(?<s>([^']|\\'')+)''|'(?<s>[^']+)'|""(?<s>[^""]+)""|(?<s>[^\s'""]+))",
        Options,
        Milliseconds
    )]
    private static partial Regex AssignedPattern();

    [GeneratedRegex(
        @"(\b|_)(pw|"
            + Secret
            + @")(\s{1,20}(is|was|to))?\s{1,20}('{1,4}(?<s>[^']+)'|""(?<s>[^""]+)"")|\b(pw|"
            + Secret
            + @")\s{1,20}(is|was)\s{1,20}(?<s>[^\s'"".]+)",
        Options,
        Milliseconds
    )]
    private static partial Regex QuotedPattern();

    [GeneratedRegex(@"\b(role|user|group)\b[^;]{0,200}\bpassword\s{1,20}(?!null\b)(?<s>[^\s'"";]+)", Options, Milliseconds)]
    private static partial Regex RolePattern();

    // https://datatracker.ietf.org/doc/html/rfc6750#section-2.1
    [GeneratedRegex(@"\b(bearer|authorization:\s{0,5}\w{1,20})\s{1,5}(?<s>[\w.~+/=-]{8,})", Options, Milliseconds)]
    private static partial Regex BearerPattern();

    // https://datatracker.ietf.org/doc/html/rfc7468#section-10
    [GeneratedRegex(@"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----\s{0,5}(?<s>[^-]{1,20000}?)\s{0,5}(-----END|$)", Options, Milliseconds)]
    private static partial Regex KeyBlockPattern();

    // What is a secret by its beginning (https://docs.github.com/code-security/secret-scanning lists such forms), a signature in a URL, and
    // a web hook, whose path is its only secret.
    [GeneratedRegex(
        @"\b(gh[pousr]_|github_pat_|glpat-|npm_|xox[abeoprs]-|[sr]k_(live|test)_|AKIA|AIza)(?<s>[\w-]{10,255})"
            + @"|[?&;]sig=(?<s>[^&;\s'""]{8,500})|://hooks\.[\w.-]{1,100}/services/([^\s'""/]{1,100}/){0,5}(?<s>[^\s'""/]{1,300})",
        Options,
        Milliseconds
    )]
    private static partial Regex KnownPattern();

    // curl --user name:password, sshpass -p password
    [GeneratedRegex(
        @"(^|\s)(-u|--user|--proxy-user)[\s=]{1,4}[^\s:'""]{1,100}:(?<s>[^\s'""]+)|\bsshpass\s{1,5}-p\s{0,5}(?<s>[^\s'""]+)",
        Options,
        Milliseconds
    )]
    private static partial Regex LoginPattern();

    [GeneratedRegex(Secret + @"\w{0,60}[\s=:""'(]{0,20}(%\d{0,3}\$?[LsI]|\$\d|:\w|\?|$)", Options, Milliseconds)]
    private static partial Regex OpenPattern();
}
