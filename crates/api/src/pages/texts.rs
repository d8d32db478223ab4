//! What pages say, in every language. A text that is missing does not compile.

macro_rules! texts {
    ($($name:ident: $english:literal, $spanish:literal;)+) => {
        /// All texts in one language.
        pub(super) struct Texts {
            $(pub(super) $name: &'static str,)+
        }

        pub(super) const ENGLISH: Texts = Texts { $($name: $english,)+ };
        pub(super) const SPANISH: Texts = Texts { $($name: $spanish,)+ };
    };
}

texts! {
    skip: "Skip to content", "Saltar al contenido";
    language: "Language", "Idioma";
    sections: "Sections", "Secciones";
    signed_in_as: "Signed in as", "Sesión de";
    sign_in: "Sign in", "Iniciar sesión";
    sign_out: "Sign out", "Cerrar sesión";
    email: "E-mail address", "Correo electrónico";
    password: "Password", "Contraseña";
    wrong_password: "The e-mail address or the password is wrong.",
        "El correo electrónico o la contraseña no son correctos.";
    locked: "Too many attempts. Please try again in a while. Seconds to wait:",
        "Demasiados intentos. Vuelva a intentarlo dentro de un rato. Segundos de espera:";
    sign_in_to_continue: "A program wants to use Puente for you. Sign in to decide.",
        "Un programa quiere usar Puente por usted. Inicie sesión para decidir.";
    consent: "Allow access?", "¿Permitir el acceso?";
    wants: "This program wants to use a virtual server for you:",
        "Este programa quiere usar un servidor virtual en su nombre:";
    client_unchecked: "It chose this name itself; nobody has checked it.",
        "El programa eligió este nombre; nadie lo ha comprobado.";
    known_as: "Known as", "Identificado como";
    answers_to: "Answers go to", "Las respuestas van a";
    virtual_server: "Virtual server", "Servidor virtual";
    for_account: "For the account", "Para la cuenta";
    what_it_may: "What it may do", "Qué podrá hacer";
    everything: "Read and change what I may read and change there",
        "Leer y modificar lo que yo puedo leer y modificar allí";
    only_read: "Only read", "Solo leer";
    revoke_later: "You can take this back at any time on the page of your account.",
        "Puede retirarlo en cualquier momento en la página de su cuenta.";
    allow: "Allow", "Permitir";
    deny: "Deny", "Denegar";
    not_granted: "Your account may not use this virtual server. An administrator can grant it.",
        "Su cuenta no puede usar este servidor virtual. Un administrador puede concederlo.";
    back_to_client: "Back to the program", "Volver al programa";
    cannot_go_on: "This cannot go on", "No se puede continuar";
    bad_request: "The program that sent you here made a request that is not valid. Nothing was allowed.",
        "El programa que le envió aquí hizo una petición no válida. No se permitió nada.";
    reason: "Reason", "Motivo";
    forged: "This form was not sent from a page of yours, or the page was too old. Nothing was done. Open the page again.",
        "Este formulario no se envió desde una página suya, o la página era demasiado antigua. No se hizo nada. \
         Abra la página de nuevo.";
    expired: "The page waited too long. Go back to the program and start again.",
        "La página esperó demasiado. Vuelva al programa y empiece de nuevo.";
    to_account: "To my account", "Ir a mi cuenta";
    clients: "Connected programs", "Programas conectados";
    no_clients: "No program acts for you.", "Ningún programa actúa en su nombre.";
    clients_intro: "These programs may use Puente for you. Disconnecting ends that at once.",
        "Estos programas pueden usar Puente en su nombre. Al desconectarlos, dejan de poder de inmediato.";
    connected: "Connected", "Conectado";
    last_used: "Last used", "Último uso";
    never: "never", "nunca";
    disconnect: "Disconnect", "Desconectar";
    keys: "API keys", "Claves de API";
    no_keys: "You have no API keys.", "No tiene claves de API.";
    keys_intro: "Keys are for agents that cannot sign in with a browser. Whoever has one acts for you.",
        "Las claves son para agentes que no pueden iniciar sesión con un navegador. Quien tiene una actúa en su nombre.";
    new_key: "New key", "Clave nueva";
    name: "Name", "Nombre";
    name_hint: "Letters, digits, - and _", "Letras, cifras, - y _";
    may: "May", "Puede";
    may_everything: "everything that I may", "todo lo que yo puedo";
    may_call: "use virtual servers", "usar servidores virtuales";
    may_read: "use virtual servers, only to read", "usar servidores virtuales, solo para leer";
    valid_for: "Valid for", "Válida durante";
    days_30: "30 days", "30 días";
    days_90: "90 days", "90 días";
    days_365: "365 days", "365 días";
    no_end: "without end", "sin fin";
    create: "Create", "Crear";
    key_made: "The key was made. It is shown only now:", "La clave se ha creado. Solo se muestra ahora:";
    key_state: "State", "Estado";
    key_active: "active", "activa";
    key_disabled: "disabled", "desactivada";
    key_expired: "expired", "caducada";
    until: "until", "hasta";
    disable: "Disable", "Desactivar";
    enable: "Enable", "Activar";
    delete: "Delete", "Eliminar";
    activity: "Activity", "Actividad";
    no_activity: "Nothing yet.", "Nada todavía.";
    activity_intro: "What you and your programs did last.", "Lo último que hicieron usted y sus programas.";
    when: "When (UTC)", "Cuándo (UTC)";
    action: "Action", "Acción";
    target: "On", "Sobre";
    outcome: "Outcome", "Resultado";
    older: "Older", "Anteriores";
    failed: "That did not work:", "No ha funcionado:";
}
