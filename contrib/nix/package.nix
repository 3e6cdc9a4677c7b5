{
  lib,
  rustPlatform,
}:

rustPlatform.buildRustPackage {
  pname = "macveil";
  version = "0.1.0";

  src = lib.cleanSource ../..;
  cargoLock.lockFile = ../../Cargo.lock;

  # The other tests make network namespaces or boot guests.
  cargoTestFlags = [
    "--workspace"
    "--lib"
  ];

  postBuild = ''
    cargo run --quiet -p xtask -- man target/manual
    cargo run --quiet -p xtask -- completions target/manual/completions
  '';

  postInstall = ''
    install -Dm644 target/manual/macveil.1 -t $out/share/man/man1
    install -Dm644 contrib/man/macveil.toml.5 -t $out/share/man/man5
    install -Dm644 target/manual/completions/bash/macveil -t $out/share/bash-completion/completions
    install -Dm644 target/manual/completions/zsh/_macveil -t $out/share/zsh/site-functions
    install -Dm644 target/manual/completions/fish/macveil.fish -t $out/share/fish/vendor_completions.d
    install -Dm755 contrib/hooks/50-dhcp -t $out/lib/macveil/hooks.d
    install -Dm644 contrib/systemd/network/*.link -t $out/lib/systemd/network
  '';

  meta = {
    description = "Hides a Wi-Fi card's MAC address, with wpa_supplicant or iwd";
    license = with lib.licenses; [
      mit
      asl20
    ];
    platforms = lib.platforms.linux;
    mainProgram = "macveil";
  };
}
